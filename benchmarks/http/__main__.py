"""``python -m benchmarks.http [PYTHON_WITH_THE_OFFICIAL_CLIENT]``: prints tables for docs/performance.md.

The server runs in a process of its own over one SQLite file, the clients in this one, both on the same machine.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import httpx

from penstock import open_project

from .drive import OFFICIAL, OURS

FLOWS = "/sset/streamsets_flows/v1/streamsets_flows"
TOKEN = "benchmark-token"
SERVE = """
import sys, time
from penstock.sdk.serve import Server
with Server(sys.argv[1], token=sys.argv[2]) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
SECONDS = 3.0
Ask = Callable[[httpx.AsyncClient, int], Awaitable[httpx.Response]]


def resident_mb(pid: int) -> float:
    """What a process holds now, in megabytes."""
    words = Path(f"/proc/{pid}/statm").read_text().split()
    return int(words[1]) * resource.getpagesize() / 1e6


async def load(url: str, ask: Ask, clients: int, count: int = 0) -> tuple[float, list[float]]:
    """Requests per second and latencies in ms, of so many clients at the same time."""
    latencies: list[float] = []
    ends = time.perf_counter() + SECONDS
    headers = {"authorization": f"Bearer {TOKEN}"}

    async def client(number: int) -> None:
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
            done = 0
            while done < count if count else time.perf_counter() < ends:
                began = time.perf_counter()
                response = await ask(http, number)
                if response.status_code >= 500:
                    raise RuntimeError(response.text)
                latencies.append((time.perf_counter() - began) * 1000)
                done += 1

    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for number in range(clients):
            tasks.start_soon(client, number)
    return len(latencies) / (time.perf_counter() - began), sorted(latencies)


def row(words: str, clients: int, rate: float, latencies: list[float]) -> None:
    """One line of the table."""
    at = [latencies[int(part * (len(latencies) - 1))] for part in (0.5, 0.95, 0.99)]
    print(f"| {words} | {clients} | {rate:,.0f} | {at[0]:.1f} | {at[1]:.1f} | {at[2]:.1f} |", flush=True)


def main() -> None:
    """Runs everything."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVE, f"{folder}/flows.db", TOKEN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            measure(url, server.pid)
            if len(sys.argv) > 1:
                compare(url, sys.argv[1])
        finally:
            assert server.stdin is not None
            server.stdin.close()
            server.wait()


def measure(url: str, pid: int) -> None:
    """The table of load, the writers on the same flows, and memory over many requests."""
    ids: list[str] = []
    with open_project(url, token=TOKEN) as project:
        project_id = project._session.project.project_id
        for at in range(100):
            flow = project.create_flow(name=f"flow {at}")
            flow.add_stage("Dev Raw Data Source").connect_output_to(flow.add_stage("Trash"))
            project.update_flow(flow)
            ids.append(flow.flow_id)
    query = {"project_id": project_id}
    engine = f"/engines/{project_id}/default/rest/v1/pipeline/testRun__{ids[0]}"
    headers = {"authorization": f"Bearer {TOKEN}"}
    document = httpx.get(f"{url}{FLOWS}/{ids[0]}", params=query, headers=headers).json()["pipeline_definition"]
    httpx.post(url + engine, json=document, headers=headers).raise_for_status()
    turn = iter(range(10**9))
    asks: dict[str, Ask] = {
        "list 100": lambda http, n: http.get(FLOWS, params=query),
        "get": lambda http, n: http.get(f"{FLOWS}/{ids[n]}", params=query),
        "save": lambda http, n: http.put(f"{FLOWS}/{ids[n]}", params=query, json={"description": str(next(turn))}),
        "validate": lambda http, n: http.get(f"{engine}/validate"),
        "preview": lambda http, n: http.post(f"{engine}/preview"),
    }
    print("| request | clients | requests/s | median, ms | 95 %, ms | 99 %, ms |\n|---|---|---|---|---|---|")
    for words, ask in asks.items():
        for clients in (1, 8, 64):
            row(words, clients, *anyio.run(load, url, ask, clients))
    writers(url, query, ids[:8])
    before = resident_mb(pid)
    rate, _ = anyio.run(load, url, asks["get"], 8, 12_500)
    print(f"\n100,000 reads at {rate:,.0f}/s: the server holds {before:.0f} MB before, {resident_mb(pid):.0f} MB after")


def writers(url: str, query: dict[str, str], ids: list[str]) -> None:
    """64 writers add to 8 flows, each time again when somebody was faster; every addition is there at the end."""

    turn = iter(range(10**9))

    async def one(http: httpx.AsyncClient, number: int) -> httpx.Response:
        place, word = f"{FLOWS}/{ids[number % len(ids)]}", f"{next(turn)} "
        while True:
            held = await http.get(place, params=query)
            text = held.json()["flow"]["metadata"]["description"]
            body = {"description": text + word}
            made = await http.put(place, params=query, json=body, headers={"if-match": held.headers["etag"]})
            if made.status_code == 200:
                return made

    headers = {"authorization": f"Bearer {TOKEN}"}
    for each in ids:
        httpx.put(f"{url}{FLOWS}/{each}", params=query, json={"description": ""}, headers=headers)
    anyio.run(load, url, one, 64, 10)
    texts = [httpx.get(f"{url}{FLOWS}/{each}", params=query, headers=headers).json() for each in ids]
    kept = sum(len(each["flow"]["metadata"]["description"].split()) for each in texts)
    print(f"\n64 writers on 8 flows: {kept} of 640 additions kept")


def compare(url: str, official: str) -> None:
    """The same script through both clients: seconds, and megabytes at the peak."""
    print("\n| client | whole script, s | import apart, s | peak, MB |\n|---|---|---|---|")
    found: list[list[float]] = []
    for words, python, script in (("penstock", sys.executable, OURS), ("official 2.1.0", official, OFFICIAL)):
        rows = []
        for _ in range(3):
            done = subprocess.run([python, "-c", script, url, TOKEN], capture_output=True, text=True, check=True)
            rows.append(json.loads(done.stdout.splitlines()[-1]))
        middle = [statistics.median(column) for column in zip(*rows, strict=True)]
        found.append(middle)
        print(f"| {words} | {middle[0]:.2f} | {middle[1]:.2f} | {middle[2]:.0f} |")
    ratios = [b / a for a, b in zip(*found, strict=True)]
    print(f"| ratio | {ratios[0]:.1f} | {ratios[1]:.1f} | {ratios[2]:.1f} |")


if __name__ == "__main__":
    main()
