"""x"""

from .planning import Plan


def official_script(plan: Plan) -> str:
    return ""
