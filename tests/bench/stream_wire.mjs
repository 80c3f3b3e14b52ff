// The trades and bookTickers of a recorded stream as they were on the wire, one message a line.
//   node stream_wire.mjs RECORDING.jsonl.gz OUT
// Without the recording, as many messages of the same shape, written by ourselves. Prints {"recorded", "messages"}.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const [recording, out] = process.argv.slice(2);
const wanted = /@(trade|bookTicker)$/;

function recorded() {
  const lines = gunzipSync(readFileSync(recording)).toString().trim().split('\n');
  return lines.map(line => JSON.parse(line).raw).filter(raw => wanted.test(raw.stream ?? ''));
}

function made() {
  const amount = (n, i) => (n + (i % 9973) / 100).toFixed(8), messages = [];
  for (let i = 0; i < 37797; ++i)
    messages.push(i % 4 === 0
      ? { stream: 'btcusdt@trade', data: { e: 'trade', E: 1700000000000 + i, s: 'BTCUSDT', t: 3700000000 + i, p: amount(61837, i),
          q: amount(0, i), T: 1700000000000 + i, m: i % 8 === 0, M: true } }
      : { stream: 'btcusdt@bookTicker', data: { u: 50000000000 + i, s: 'BTCUSDT', b: amount(61837, i), B: amount(2, i),
          a: amount(61838, i), A: amount(1, i) } });
  return messages;
}

const found = existsSync(recording), messages = found ? recorded() : made();
writeFileSync(out, messages.map(m => JSON.stringify(m) + '\n').join(''));
console.log(JSON.stringify({ recorded: found, messages: messages.length }));
