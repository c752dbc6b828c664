"""For those who lead the work: what waits, how long it takes, what the machine misses."""

from fastapi import Request
from fastapi.responses import Response

from service.actions.insight import AGE_NAMES, insight, insight_csv
from service.web.review.charts import charts_of
from service.web.review.pages import page
from service.web.review.routing import TheDesk, Who, reading

read = reading()


@read.get("/review/insight")
def show_insight(request: Request, desk: TheDesk, who: Who) -> Response:
    """The figures of the last weeks, drawn here."""
    told = insight(desk, who.person)
    return page(request, "insight.html", who, told=told, charts=charts_of(told), ages=AGE_NAMES)


@read.get("/review/insight.csv")
def download_insight(desk: TheDesk, who: Who) -> Response:
    """The same figures as a table."""
    return Response(
        insight_csv(desk, who.person),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="insight.csv"'},
    )
