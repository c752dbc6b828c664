"""What the doctor says about a site."""

from service.actions import Desk
from service.doctor.command import examine
from service.doctor.report import Finding, Grade
from service.doctor.site import Look, Site
from service.settings import Settings

OK, WARN, FAIL = Grade.OK, Grade.WARN, Grade.FAIL


def ask(desk: Desk, look: Look, **changes: object) -> dict[str, Finding]:
    """The findings of one look, by what was checked; with other settings than the desk's."""
    return ask_settings(desk.settings.model_copy(update=changes), look)


def ask_settings(settings: Settings, look: Look) -> dict[str, Finding]:
    """As `ask`, for a site that nobody has opened yet."""
    return {one.check: one for one in examine(Site(settings=settings), (("look", look),))}
