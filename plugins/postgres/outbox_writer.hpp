// The events of a commit into the outbox.
#pragma once

#include "connection.hpp"
#include "kit/storage/outbox_check.hpp"

namespace tapedeck::postgres {

// Those of rows that were stored, and those of none. Inside a write transaction, as the last thing of it: from
// here on whoever puts an event of one of these keys waits, so that the ids of a key ascend in the order in
// which the transactions are committed, whatever the events are about and whoever commits them.
void put_events(Connection &db, const Rows<tdk_outbox_event> &events, const kit::StoredRows &stored, std::int64_t now);

// Keeps everybody else from putting events until the transaction ends.
void lock_all_keys(Connection &db);

}  // namespace tapedeck::postgres
