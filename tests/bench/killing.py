"""How much is done twice after kill -9: what the twin is sent again, and what is read again to know what is there."""

from __future__ import annotations

import time

from tests.bench.migration_run import start
from tests.bench.rates import Figures, ready

_MOST = 50  # records a call


def rework(records: int, kills: int = 3) -> Figures:
    """Kill a load several times on its way, and let it come to its end; all counts are the twin's.

    A batch that was under way is asked after once, and only what is missing of it is sent: nothing twice. Goal: what
    has to be asked after is not more than a batch for each sender.
    """
    with ready(records, _MOST) as migration:
        before = migration.served.stats()
        first = records // 20
        for number in range(1, kills + 1):
            process = start("load", str(migration.folder), "--apply", "--approve-as", "Bench", key=migration.served.key)
            while migration.served.stats()["created"] - before["created"] < first * number:
                if process.poll() is not None:
                    raise RuntimeError("the load was over before it could be killed")
                time.sleep(0.01)
            process.kill()
            process.wait()
        load, _ = migration.apply("load")
        after = migration.served.stats()
        calm = migration.apply("verify")[0]
    created, sent = after["created"] - before["created"], after["sent"] - before["sent"]
    return {
        "kills": kills,
        "records written": created,
        "records sent twice": sent - created,
        "batches sent twice, for each kill": (sent - created) / _MOST / kills,
        "records missing at the end": sum(calm.document["outcome"]["counts"]["missing"].values()),
        "s of the last run": load.seconds,
    }
