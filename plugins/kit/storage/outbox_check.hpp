// What must not get into an outbox, and which events of a batch do. Pure: no database here.
#pragma once

#include <tapedeck/plugin.hpp>

#include <vector>

namespace kit {

// None for a batch of a host that knows no events.
tapedeck::Rows<tdk_outbox_event> events_of(const tdk_commit_batch &batch);

// Throws TDK_INVALID_ARGUMENT: an event without its sink, type or key, or with too long a one; text that is not
// UTF-8; a row that the batch does not have.
void check_events(const tdk_commit_batch &batch);
// Throws TDK_INVALID_ARGUMENT: an unknown outcome.
void check_outcomes(const tapedeck::Rows<tdk_outbox_outcome> &outcomes);
// Throws TDK_INVALID_ARGUMENT: a state that is none.
void check_request(const tdk_outbox_request &request);
// Throws TDK_INVALID_ARGUMENT: as above, or it asks for others than dead letters.
void check_replay(const tdk_outbox_request &request);
// Throws TDK_INVALID_ARGUMENT: no name, or too long a one, or one that is not UTF-8.
void check_claim(std::string_view sink, std::string_view owner);

// Which rows of a batch were stored, noted as far as an event asks for them.
class StoredRows {
 public:
  using Marks = std::vector<bool>;
  explicit StoredRows(const tdk_commit_batch &batch);  // checked
  // One for each row, false to begin with; NULL: no event is about any of them.
  Marks *of_commit(std::uint64_t commit);
  Marks *of_quotes() { return quotes_.empty() ? nullptr : &quotes_; }
  bool keeps(const tdk_outbox_event &event) const;

 private:
  std::vector<Marks> commits_;
  Marks quotes_;
};

}  // namespace kit
