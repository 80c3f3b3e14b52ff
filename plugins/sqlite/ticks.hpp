// Quotes and trades in their table.
#pragma once

#include "catalogue.hpp"
#include "kit/storage/outbox_check.hpp"
#include "tick_rows.hpp"

#include <vector>

namespace tapedeck::sqlite {

// Stores what was checked.
class TickWriter {
 public:
  TickWriter(Database &db, Catalogue &catalogue) : db_(db), catalogue_(catalogue), rows_(db) {}
  // Inside a write transaction. What is there already stays as it is. Returns how many were not; `stored`: marks
  // which; may be NULL.
  std::uint64_t store(const tdk_commit_batch &batch, kit::StoredRows::Marks *stored);

 private:
  void gather(const tdk_commit_batch &batch);
  void mark_new(const tdk_commit_batch &batch, kit::StoredRows::Marks &stored);

  Database &db_;
  Catalogue &catalogue_;
  TickRows rows_;
};

// The columns of a tick and of its format that make a quote, and such a row as one.
#define TAPEDECK_TICK_COLUMNS                                                                     \
  "t.sequence, t.time, t.flags, t.bid, t.ask, t.last, t.bid_size, t.ask_size, t.last_size,"       \
  " t.volume, t.trades, f.price_exp, f.size_exp, f.volume_exp"
tdk_quote quote_of(const Use &row, tdk_str symbol);

// Streams one request, in arrays of some thousand. Inside a read transaction.
class TickReader {
 public:
  TickReader(Database &db, const tdk_quote_request &request, const tdk_quote_sink &sink,
             const Cancel &cancel);
  void stream(std::int64_t symbol);

 private:
  // Where the answer begins.
  struct Place {
    std::int64_t time, sequence, source;
  };
  Place first_of_newest(std::int64_t symbol);
  void accept(const Use &row);
  void flush();

  Database &db_;
  const tdk_quote_request &request_;
  const tdk_quote_sink &sink_;
  const Cancel &cancel_;
  std::vector<tdk_quote> rows_;
};

}  // namespace tapedeck::sqlite
