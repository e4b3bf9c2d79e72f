"""Workers that are killed at any point of a job, for the proof that each piece is written exactly once."""

import random
from datetime import UTC, datetime

from documents.jobs.job import Job
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker


class Killed(BaseException):
    """Stands for kill -9: nothing that a program does on its way out happens."""


class Killer:
    """Kills a worker before, in and after the transaction of a piece, as chance has it."""

    def __init__(self, seed, chance):
        self.dice, self.chance, self.kills = random.Random(seed), chance, 0

    def strike(self):
        if self.dice.random() < self.chance:
            self.kills += 1
            raise Killed

    def step_of(self, step):
        def killed(run, work, checkpoint, **more):
            def inside(uow):
                result = work(uow)
                self.strike()
                return result

            self.strike()
            result = step(run, inside, checkpoint, **more)
            self.strike()
            return result

        return killed


def work_through(job):
    """Let one worker after another work on a job until it has ended, whoever is killed."""
    while Job.stored(job)["state"] not in ("done", "failed", "cancelled"):
        try:
            Worker(KINDS).work_on(job)
        except Killed:  # the lease of the dead runs out; that chance kills is not the job's fault
            over = {"idle_claims": 0, "lease_until": datetime(2000, 1, 1, tzinfo=UTC)}
            Job._get_collection().update_one({"_id": job}, {"$set": over})
