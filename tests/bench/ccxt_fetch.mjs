// The same pages by ccxt, as its users fetch them: fetchOHLCV, a thousand candles at a time.
//   node ccxt_fetch.mjs CCXT_DIR URL PAGES        CCXT_DIR holds node_modules/ccxt
// Prints {"rows", "seconds", "cpu_seconds", "version"}. Loading markets and the first page are not timed.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [dir, url, pageText] = process.argv.slice(2);
const pages = Number(pageText);
const ccxt = createRequire(resolve(dir) + '/')('ccxt');

const exchange = new ccxt.binance({ enableRateLimit: false, options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchCurrencies: false } });
for (const key of Object.keys(exchange.urls.api))
  if (typeof exchange.urls.api[key] === 'string')
    exchange.urls.api[key] = exchange.urls.api[key].replace(/^https:\/\/[^/]+/, url);
exchange.has.fetchCurrencies = false;
await exchange.loadMarkets();

const kFirst = 1672531200000, kRows = 1000;
const read = page => exchange.fetchOHLCV('BTC/USDT', '1m', kFirst + page * kRows * 60000, kRows);
await read(0);

let rows = 0;
const began = performance.now(), cpu = process.cpuUsage();
for (let page = 0; page < pages; ++page) rows += (await read(page)).length;
const seconds = (performance.now() - began) / 1000, used = process.cpuUsage(cpu);
if (rows !== pages * kRows) throw new Error(`got ${rows} rows of ${pages * kRows}`);
console.log(JSON.stringify({ rows, seconds, cpu_seconds: (used.user + used.system) / 1e6, version: ccxt.version }));
