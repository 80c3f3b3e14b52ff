#include "app/copy_text.hpp"

#include <cinttypes>
#include <cstdio>

#include "app/terminal.hpp"

namespace tapedeck {
namespace {

std::string hex(std::uint64_t sum) {
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, sum);
  return text;
}

std::string name_of(const CopyPart &part) { return part.kind == CopyPart::Kind::Ticks ? part.name + " ticks" : part.name; }

std::string time_or_nothing(const std::optional<Nanos> &time) { return time ? format_time(*time) : ""; }

std::string count_of(std::uint64_t n, const char *one, const char *many) { return with_commas(n) + " " + (n == 1 ? one : many); }

void say(std::string &out, const CopyPart &part, const Sightings &seen, const char *one, const char *many) {
  if (seen.count == 0) return;
  out += name_of(part) + ": " + count_of(seen.count, one, many) + ", the first at " + format_time(*seen.first) + "\n";
}

}  // namespace

std::string copy_table(const CopyReport &report) {
  std::vector<std::vector<std::string>> table = {
      {"series", "rows", "revisions", "first", "last", "ledger", "new", "checksum", "verdict"}};
  for (const auto &p : report.parts) {
    const bool facts = p.kind == CopyPart::Kind::Instruments || p.kind == CopyPart::Kind::Events;
    if (facts && p.rows == 0 && p.equal()) continue;
    table.push_back({name_of(p), with_commas(p.rows), with_commas(p.revisions), time_or_nothing(p.first), time_or_nothing(p.last),
                     with_commas(p.ledger), with_commas(p.written),
                     hex(p.checksum) + (p.checksum == p.checksum_there ? "" : " / " + hex(p.checksum_there)),
                     p.equal() ? "equal" : "NOT EQUAL"});
  }
  return format_table(table);
}

std::string copy_differences(const CopyReport &report) {
  std::string out;
  for (const auto &p : report.parts) {
    say(out, p, p.different, "conflict: another value stands there; it was not overwritten",
        "conflicts: other values stand there; they were not overwritten");
    say(out, p, p.missing, "row is not there", "rows are not there");
    say(out, p, p.other_origin, "row has the same value, but comes from another fetch or source",
        "rows have the same values, but come from another fetch or source");
    say(out, p, p.extra, "row is only there", "rows are only there");
    say(out, p, p.ledger_differs, "entry of the ledger differs", "entries of the ledger differ");
  }
  return out;
}

std::string copy_summary(const CopyReport &report, bool verify_only, Nanos elapsed) {
  std::uint64_t series = 0, candles = 0, revisions = 0, ledger = 0, ticks = 0, instruments = 0, events = 0, written = 0;
  for (const auto &p : report.parts) {
    revisions += p.revisions;
    ledger += p.ledger;
    written += p.written;
    switch (p.kind) {
      case CopyPart::Kind::Candles: ++series, candles += p.rows; break;
      case CopyPart::Kind::Ticks: ticks += p.rows; break;
      case CopyPart::Kind::Instruments: instruments += p.rows; break;
      case CopyPart::Kind::Events: events += p.rows; break;
    }
  }
  std::string out = std::string(verify_only ? "compared " : "copied ") + with_commas(series) + " series, " +
                    count_of(candles, "candle", "candles") + ", " + count_of(revisions, "revision", "revisions") + ", " +
                    count_of(ledger, "ledger entry", "ledger entries") + ", " + count_of(ticks, "tick", "ticks");
  if (instruments > 0) out += ", " + count_of(instruments, "instrument", "instruments");
  if (events > 0) out += ", " + count_of(events, "economic event", "economic events");
  out += " in " + format_duration(elapsed);
  if (!verify_only) out += ", " + count_of(written, "row", "rows") + " new";
  return out + (report.equal() ? "; equal" : report.conflict() ? "; CONFLICTS" : "; NOT EQUAL");
}

}  // namespace tapedeck
