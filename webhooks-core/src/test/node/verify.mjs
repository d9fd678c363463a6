// Verifies messages with the npm package standardwebhooks: one JSON object a line on standard input,
// {"secret", "headers", "body" (base64)}; answers "ok" or "refused" a line.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { Webhook } = createRequire(process.argv[2] + "/")("standardwebhooks");

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { secret, headers, body } = JSON.parse(line);
  let verdict = "ok";
  try {
    new Webhook(secret).verify(Buffer.from(body, "base64").toString("utf8"), headers);
  } catch (e) {
    // The package parses the body as JSON once the signature is right; a body that is no JSON is none of our business.
    if (!(e instanceof SyntaxError)) verdict = "refused";
  }
  console.log(verdict);
}
