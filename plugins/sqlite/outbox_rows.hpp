// Events as rows of the outbox and of its dead letters.
#pragma once

#include "database.hpp"
#include "kit/storage/outbox_check.hpp"

#include <functional>

namespace tapedeck::sqlite {

// Inside a write transaction: those of a checked batch that are about a stored row, or about none.
void put_events(Database &db, std::int64_t now, const tdk_commit_batch &batch, const kit::StoredRows &stored);

// Inside a write transaction: what became of one event, checked. An id that no longer waits is passed over.
void settle_event(Database &db, const tdk_outbox_outcome &outcome);

// Inside a write transaction; both return how many.
std::uint64_t replay_letters(Database &db, const tdk_outbox_request &request);
std::uint64_t purge_events(Database &db, const tdk_outbox_request &request);

// The events of a checked request, by id, one after another to `use_entry`, which borrows them.
using UseEntry = std::function<void(const tdk_outbox_entry &)>;
void read_events(Database &db, const tdk_outbox_request &request, const UseEntry &use_entry);

}  // namespace tapedeck::sqlite
