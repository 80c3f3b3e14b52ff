// The same messages by the normalisers of tardis-dev, as its replay and streams run them: JSON.parse, then every
// mapper that can handle the message.
//   node tardis_decode.mjs TARDIS_DIR WIRE ROUNDS        TARDIS_DIR holds node_modules/tardis-dev
// Prints {"messages", "seconds", "cpu_seconds", "version"}. The first round is not timed.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const [dir, wire, roundText] = process.argv.slice(2);
const require = createRequire(resolve(dir) + '/');
const { normalizeTrades, normalizeBookTickers } = require('tardis-dev');
const version = JSON.parse(readFileSync(resolve(dir, 'node_modules/tardis-dev/package.json'))).version;

const texts = readFileSync(wire, 'utf8').trimEnd().split('\n'), now = new Date();
const mappers = [normalizeTrades('binance', now), normalizeBookTickers('binance', now)];
let sum = 0;
function decode() {
  let normalised = 0;
  for (const text of texts) {
    const message = JSON.parse(text);
    for (const mapper of mappers) {
      if (!mapper.canHandle(message)) continue;
      for (const row of mapper.map(message, now)) {
        sum += row.price ?? row.bidPrice;
        ++normalised;
      }
    }
  }
  if (normalised !== texts.length) throw new Error(`normalised ${normalised} of ${texts.length}`);
}

decode();
const began = performance.now(), cpu = process.cpuUsage(), rounds = Number(roundText);
for (let i = 0; i < rounds; ++i) decode();
const seconds = (performance.now() - began) / 1000, used = process.cpuUsage(cpu);
if (!(sum > 0)) throw new Error('nothing was read');
console.log(JSON.stringify({ messages: rounds * texts.length, seconds, cpu_seconds: (used.user + used.system) / 1e6, version }));
