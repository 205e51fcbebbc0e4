"""Records: Pathway."""

import sys

import pathway as pw

source, out = sys.argv[1:3]


class Person(pw.Schema):
    """The fields."""

    number: int
    name: str
    age: int
    amount: float
    email: str
    card: str
    city: pw.Json


people = pw.io.jsonlines.read(source, schema=Person, mode="static")
done = people.with_columns(
    total=people.amount * 1.2,
    name=people.name.str.upper(),
    card=pw.apply_with_type(lambda card: "x" * len(card), str, people.card),
)
pw.io.jsonlines.write(done.filter(done.age >= 40), f"{out}/a.json")
pw.io.jsonlines.write(done.filter(done.age < 40), f"{out}/b.json")
pw.run(monitoring_level=pw.MonitoringLevel.NONE)
