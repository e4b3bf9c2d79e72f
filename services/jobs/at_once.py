"""A small job is worked on by the request that asked for it, so that its result is there at once."""

from bson import ObjectId

from services.jobs.kinds import KINDS
from services.jobs.worker import Worker


def work_at_once(job_id: ObjectId) -> bool:
    """Work on a job to its end, unless another worker does already; tell whether it was done here.

    Killed meanwhile, it goes on at its checkpoint as any other job. Raises Unavailable.
    """
    return Worker(KINDS).work_on(job_id)
