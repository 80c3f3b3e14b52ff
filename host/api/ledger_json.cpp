#include "api/ledger_json.hpp"

#include <algorithm>

namespace tapedeck::api {
namespace {

void write_range(JsonWriter &json, TimeRange range) {
  json.key("from").time(range.from).key("to").time(range.to);
}

// What a failure carries; null, never absent, where there is none.
void write_failure(JsonWriter &json, tdk_status error, std::uint32_t tries, Nanos next_try) {
  json.key("error");
  if (error == TDK_OK) json.raw("null");
  else json.text(status_name(error));
  json.key("tries").number(tries).key("next_try");
  if (next_try == TDK_NULL_I64) json.raw("null");
  else json.time(next_try);
}

void write_hole(JsonWriter &json, const Hole &h) {
  write_range(json.begin('{'), h.range);
  json.key("reason").text(h.reason).key("state").text(h.asked ? "failed" : "never_asked");
  json.key("source").text_or_null(h.source);
  write_failure(json, h.error, h.tries, h.next_try);
  json.end('}');
}

}  // namespace

void write_holes(JsonWriter &json, const std::vector<Hole> &holes, std::size_t limit) {
  json.key("holes").begin('[');
  for (std::size_t i = 0; i < std::min(limit, holes.size()); ++i) write_hole(json, holes[i]);
  json.end(']');
  if (holes.size() > limit) json.key("holes_truncated").raw("true");
}

void write_entry(JsonWriter &json, const LedgerEntry &e) {
  write_range(json.begin('{'), e.range);
  json.key("state").text(coverage_state_id(e.state)).key("source").text(e.source);
  json.key("reason").text_or_null(e.reason);
  write_failure(json, e.error, e.tries, e.next_try);
  json.key("updated").time(e.updated).end('}');
}

}  // namespace tapedeck::api
