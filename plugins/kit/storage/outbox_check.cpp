#include "kit/storage/outbox_check.hpp"

#include "kit/storage/utf8.hpp"

#include <string>

namespace kit {
namespace {

using tapedeck::Error;
using tapedeck::Rows;
using tapedeck::sv;

constexpr std::size_t kNameMax = 255;  // of a sink, a type, an owner
constexpr std::size_t kKeyMax = 1023;

[[noreturn]] void refuse(const std::string &what) { throw Error(TDK_INVALID_ARGUMENT, what); }

[[noreturn]] void refuse(std::uint64_t i, const std::string &lack) {
  refuse("storing events: event " + std::to_string(i) + " " + lack + "; nothing of this commit is stored");
}

std::uint64_t rows_of(const tdk_commit &c) { return c.batch ? c.batch->count : 0; }

const tdk_commit &commit_at(const tdk_commit_batch &b, std::uint64_t i) {
  return tapedeck::detail::at(b.commits, i, b.commit_stride);
}

void check_name(std::uint64_t i, const char *what, std::string_view name, std::size_t most) {
  if (name.empty()) refuse(i, std::string("has no ") + what);
  if (name.size() > most)
    refuse(i, std::string("has a ") + what + " of " + std::to_string(name.size()) + " bytes; give " +
                  std::to_string(most) + " at most");
  if (!is_storable(name)) refuse(i, std::string("has a ") + what + " that is not UTF-8 text without NUL");
}

void check_row(const tdk_commit_batch &b, std::uint64_t i, const tdk_outbox_event &e) {
  switch (e.about) {
    case TDK_ABOUT_NOTHING:
      return;
    case TDK_ABOUT_CANDLE:
      if (e.commit >= b.commit_count || e.row >= rows_of(commit_at(b, e.commit)))
        refuse(i, "is about row " + std::to_string(e.row) + " of commit " + std::to_string(e.commit) +
                      ", which the batch does not have");
      return;
    case TDK_ABOUT_QUOTE:
      if (e.row >= b.quote_count)
        refuse(i, "is about tick " + std::to_string(e.row) + ", which the batch does not have");
      return;
    default:
      refuse(i, "is about something unknown (" + std::to_string(e.about) + ")");
  }
}

void check_owner(const char *what, std::string_view name) {
  if (name.empty() || name.size() > kNameMax || !is_storable(name))
    refuse(std::string("claiming the outbox: the ") + what + " must be UTF-8 text of 1 to " +
           std::to_string(kNameMax) + " bytes");
}

}  // namespace

Rows<tdk_outbox_event> events_of(const tdk_commit_batch &b) {
  if (!TDK_HAS(&b, event_stride)) return {};
  return {b.events, b.event_count, b.event_stride};
}

void check_events(const tdk_commit_batch &b) {
  const Rows<tdk_outbox_event> events = events_of(b);
  for (std::uint64_t i = 0; i < events.count; ++i) {
    const tdk_outbox_event &e = events[i];
    check_name(i, "sink", sv(e.sink), kNameMax);
    check_name(i, "type", sv(e.type), kNameMax);
    check_name(i, "key", sv(e.key), kKeyMax);
    if (!is_storable(sv(e.payload))) refuse(i, "has a payload that is not UTF-8 text without NUL");
    check_row(b, i, e);
  }
}

void check_outcomes(const Rows<tdk_outbox_outcome> &outcomes) {
  for (std::uint64_t i = 0; i < outcomes.count; ++i)
    if (const std::uint32_t o = outcomes[i].outcome; o < TDK_OUTCOME_SENT || o > TDK_OUTCOME_DEAD)
      refuse("settling events: the outcome " + std::to_string(o) + " of event " +
             std::to_string(outcomes[i].id) + " is none; nothing of this call is settled");
}

void check_request(const tdk_outbox_request &rq) {
  if (rq.state != TDK_OUTBOX_WAITING && rq.state != TDK_OUTBOX_DEAD)
    refuse("asking the outbox: the state " + std::to_string(rq.state) + " is none; ask for waiting or dead events");
}

void check_replay(const tdk_outbox_request &rq) {
  if (rq.state != TDK_OUTBOX_DEAD)
    refuse("replaying events: only dead letters are replayed; ask for the state " +
           std::to_string(TDK_OUTBOX_DEAD));
}

void check_claim(std::string_view sink, std::string_view owner) {
  check_owner("sink", sink);
  check_owner("owner", owner);
}

StoredRows::StoredRows(const tdk_commit_batch &b) : commits_(b.commit_count) {
  const Rows<tdk_outbox_event> events = events_of(b);
  for (std::uint64_t i = 0; i < events.count; ++i) {
    const tdk_outbox_event &e = events[i];
    if (e.about == TDK_ABOUT_QUOTE) quotes_.resize(b.quote_count);
    if (e.about == TDK_ABOUT_CANDLE) commits_[e.commit].resize(rows_of(commit_at(b, e.commit)));
  }
}

StoredRows::Marks *StoredRows::of_commit(std::uint64_t commit) {
  return commits_[commit].empty() ? nullptr : &commits_[commit];
}

bool StoredRows::keeps(const tdk_outbox_event &e) const {
  if (e.about == TDK_ABOUT_CANDLE) return commits_[e.commit][e.row];
  if (e.about == TDK_ABOUT_QUOTE) return quotes_[e.row];
  return true;
}

}  // namespace kit
