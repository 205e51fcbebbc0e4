"""What collectd calls the values of its types, where a flow names no file of types."""

from collections.abc import Mapping

_OF_ONE_VALUE = (
    "absolute apache_bytes apache_connections apache_idle_workers apache_requests apache_scoreboard arc_l2_size "
    "arc_ratio ath_nodes ath_stat backends bitrate bytes cache_eviction cache_operation cache_ratio cache_result "
    "cache_size charge compression_ratio connections conntrack contextswitch counter cpu cpufreq current "
    "current_connections current_sessions delay derive df_complex df_inodes disk_ops_complex dns_answer "
    "dns_notify dns_opcode dns_qtype dns_qtype_cached dns_query dns_question dns_rcode dns_reject dns_request "
    "dns_resolver dns_response dns_transfer dns_update dns_zops email_check email_count email_size entropy "
    "fanspeed file_size files flow fork_rate frequency frequency_offset fscache_stat gauge hash_collisions "
    "http_request_methods http_requests http_response_codes humidity if_collisions if_multicast if_rx_errors "
    "if_rx_octets if_tx_errors if_tx_octets invocations ipt_bytes ipt_packets irq latency links md_disks "
    "memcached_command memcached_connections memcached_items memcached_ops memory multimeter mutex_operations "
    "mysql_commands mysql_handler mysql_locks mysql_log_position nfs_procedure nginx_connections nginx_requests "
    "node_rssi node_stat node_tx_rate objects operations percent percent_bytes percent_inodes pf_counters "
    "pf_limits pf_source pf_state pf_states pg_blks pg_db_size pg_n_tup_c pg_n_tup_g pg_numbackends pg_scan "
    "pg_xact ping ping_droprate ping_stddev players power protocol_counter ps_code ps_data ps_rss ps_stacksize "
    "ps_state ps_vm queue_length records requests response_code response_time route_etx route_metric routes "
    "signal_noise signal_power signal_quality snr spam_check spam_score spl swap swap_io tcp_connections "
    "temperature threads time_dispersion time_offset timeleft total_bytes total_connections total_objects "
    "total_operations total_requests total_sessions total_threads total_time_in_ms total_values uptime users vcl "
    "vcpu virt_cpu_total virt_vcpu vmpage_action vmpage_number volatile_changes voltage vs_memory vs_processes "
    "vs_threads"
)
_PAIRS = {
    (
        "read",
        "write",
    ): "disk_latency disk_merged disk_octets disk_ops disk_time ps_disk_octets ps_disk_ops arc_l2_bytes",
    ("rx", "tx"): "if_dropped if_errors if_octets if_packets io_octets io_packets memcached_octets mysql_octets"
    " node_octets serial_octets",
    ("minflt", "majflt"): "ps_pagefaults vmpage_faults",
}
TYPES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_OF_ONE_VALUE.split(), ("value",)),
    **{name: names for names, types in _PAIRS.items() for name in types.split()},
    "arc_counts": ("demand_data", "demand_metadata", "prefetch_data", "prefetch_metadata"),
    "arc_size": ("current", "target", "minlimit", "maxlimit"),
    "compression": ("uncompressed", "compressed"),
    "df": ("used", "free"),
    "dns_octets": ("queries", "responses"),
    "duration": ("seconds",),
    "load": ("shortterm", "midterm", "longterm"),
    "mysql_qcache": ("hits", "inserts", "not_cached", "lowmem_prunes", "queries_in_cache"),
    "mysql_threads": ("running", "connected", "cached", "created"),
    "ps_count": ("processes", "threads"),
    "ps_cputime": ("user", "syst"),
    "vmpage_io": ("in", "out"),
    "voltage_threshold": ("value", "threshold"),
}
"""By the name of the type, in the order in which a message has them."""
