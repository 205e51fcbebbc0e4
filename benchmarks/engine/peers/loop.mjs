// The same loop in JavaScript.
import fs from "node:fs";
import readline from "node:readline";
const [, , source, out] = process.argv;
const older = fs.createWriteStream(`${out}/a.json`), younger = fs.createWriteStream(`${out}/b.json`);
for (const name of fs.readdirSync(source).sort()) {
  const lines = readline.createInterface({ input: fs.createReadStream(`${source}/${name}`), crlfDelay: Infinity });
  for await (const line of lines) {
    const value = JSON.parse(line);
    value.total = value.amount * 1.2;
    value.name = value.name.toUpperCase();
    value.card = "x".repeat(value.card.length);
    (value.age >= 40 ? older : younger).write(JSON.stringify(value) + "\n");
  }
}
older.end();
younger.end();
