"""The API of the practice fails, and the load that reads it on is killed: nothing is lost, nothing comes twice."""

from __future__ import annotations

import random
from pathlib import Path

from bridgework.twins.dentadmin import DentAdminTwin
from bridgework.twins.dentadmin.faults import Fault, Faults
from tests.chaos.test_kill import running
from tests.support import begin_with_api, new_twin, small_practice

KILLS = 5
_OF_CALLS = (Fault.LIMIT_SECONDS, Fault.ERROR, Fault.AWAY, Fault.SILENCE, Fault.CUT, Fault.TRUNCATED, Fault.SHUFFLED)


def test_kills_while_both_sides_work_and_the_api_fails_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(5)
    made = small_practice(tmp_path / "export", patients=20)
    faults = Faults(dict.fromkeys(_OF_CALLS, 0.01), seed=1, most=12, retry_after=1)
    with new_twin(made, max_records=10) as twin, DentAdminTwin(tmp_path / "export", faults=faults) as api:
        way = begin_with_api(tmp_path / "migration", twin, api, page_size=10)
        for stage, words in (("audit", ("--calls", "1")), ("map", ()), ("schema", ())):
            way.apply(stage, *words)
        calls = sum(api.stats.calls.values())
        for _ in range(KILLS):
            process = way.start("load")
            limit = twin.stats.tokens + chance.randint(2, 8)
            while twin.stats.tokens < limit and running(process, 0.002):
                pass
            assert running(process, chance.uniform(0, 0.05)), "the load was done before it could be killed"
            process.kill()
            process.wait()
        way.insist("load")
        accounts = way.run("status").document["status"]["accounts"]
        assert {one["object"]: one["source"] for one in accounts} == made.records
        assert all(one["closes"] for one in accounts)
        assert sum(faults.struck.values()) > 3
        verified = way.apply("verify").document["outcome"]["counts"]
        assert set(verified["classes"]) <= {"equal", "normalised"}
        # A kill costs at most the call that was under way; a fault, the call that it struck.
        least = sum(-(-count // 10) for count in made.records.values())
        files = sum(verified["files"].values())
        assert sum(api.stats.calls.values()) - calls <= least + 2 * files + KILLS + 2 * sum(faults.struck.values())
