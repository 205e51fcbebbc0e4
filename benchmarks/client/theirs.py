"""The part of the script that the official client can do without a service: its import.

Prints one JSON object of seconds and bytes.
"""

import json
import resource
import sys
import time

T0 = time.perf_counter()
import ibm_watsonx_data_integration  # noqa: E402, F401
from ibm_watsonx_data_integration.platform import Platform  # noqa: E402, F401

found = {
    "import_s": time.perf_counter() - T0,
    "modules": len(sys.modules),
    "import_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}
print(json.dumps(found))
