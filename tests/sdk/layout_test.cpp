// Where the fields of the settled interfaces of caches, outboxes, transfers and event sinks lie on a 64-bit machine: what
// moves here breaks plugins that are built. Fields are only ever added at the end, with a line here.
#include <gtest/gtest.h>

#include <tapedeck/abi.h>

#include <string_view>

namespace {

#define EXPECT_AT(type, field, offset) EXPECT_EQ(offsetof(type, field), std::size_t{offset}) << #type "." #field

TEST(AbiLayout, Cache) {
  EXPECT_EQ(std::string_view(TDK_IID_CACHE), "tapedeck.cache/1");
  EXPECT_EQ(sizeof(tdk_bytes_sink), 24u);
  EXPECT_AT(tdk_bytes_sink, ctx, 8);
  EXPECT_AT(tdk_bytes_sink, on_bytes, 16);
  EXPECT_EQ(sizeof(tdk_cache), 40u);
  EXPECT_AT(tdk_cache, get, 8);
  EXPECT_AT(tdk_cache, set, 16);
  EXPECT_AT(tdk_cache, remove, 24);
  EXPECT_AT(tdk_cache, clear, 32);
}

TEST(AbiLayout, SharedBudgetQuestion) {
  EXPECT_EQ(std::string_view(TDK_IID_SHARED_BUDGET), "tapedeck.sharedbudget/1");
  EXPECT_EQ(sizeof(tdk_shared_limit), 72u);
  EXPECT_AT(tdk_shared_limit, name, 8);
  EXPECT_AT(tdk_shared_limit, capacity, 24);
  EXPECT_AT(tdk_shared_limit, amount, 40);
  EXPECT_AT(tdk_shared_limit, known, 64);
  EXPECT_EQ(sizeof(tdk_shared_end), 16u);
  EXPECT_EQ(sizeof(tdk_shared_sight), 40u);
  EXPECT_AT(tdk_shared_sight, window_index, 32);
  EXPECT_EQ(sizeof(tdk_shared_ask), 176u);
  EXPECT_AT(tdk_shared_ask, account, 8);
  EXPECT_AT(tdk_shared_ask, priority, 40);
  EXPECT_AT(tdk_shared_ask, limits, 64);
  EXPECT_AT(tdk_shared_ask, sights, 104);
  EXPECT_AT(tdk_shared_ask, hold_ns, 128);
  EXPECT_AT(tdk_shared_ask, lease_ns, 168);
}

TEST(AbiLayout, SharedBudgetAnswer) {
  EXPECT_EQ(sizeof(tdk_shared_use), 40u);
  EXPECT_AT(tdk_shared_use, window_index, 32);
  EXPECT_EQ(sizeof(tdk_shared_answer), 80u);
  EXPECT_AT(tdk_shared_answer, epoch, 8);
  EXPECT_AT(tdk_shared_answer, hosts, 24);
  EXPECT_AT(tdk_shared_answer, hold_reason, 40);
  EXPECT_AT(tdk_shared_answer, uses, 56);
  EXPECT_AT(tdk_shared_answer, use_stride, 72);
  EXPECT_EQ(sizeof(tdk_shared_sink), 24u);
  EXPECT_EQ(sizeof(tdk_shared_budget), 16u);
}

TEST(AbiLayout, Outbox) {
  EXPECT_EQ(std::string_view(TDK_IID_OUTBOX), "tapedeck.outbox/1");
  EXPECT_EQ(sizeof(tdk_outbox_event), 96u);
  EXPECT_AT(tdk_outbox_event, about, 4);
  EXPECT_AT(tdk_outbox_event, commit, 8);
  EXPECT_AT(tdk_outbox_event, sink, 24);
  EXPECT_AT(tdk_outbox_event, key, 56);
  EXPECT_AT(tdk_outbox_event, time, 72);
  EXPECT_AT(tdk_outbox_event, payload, 80);
  EXPECT_EQ(sizeof(tdk_outbox_entry), 120u);
  EXPECT_AT(tdk_outbox_entry, id, 8);
  EXPECT_AT(tdk_outbox_entry, sink, 16);
  EXPECT_AT(tdk_outbox_entry, time, 64);
  EXPECT_AT(tdk_outbox_entry, payload, 72);
  EXPECT_AT(tdk_outbox_entry, created, 88);
  EXPECT_AT(tdk_outbox_entry, tries, 96);
  EXPECT_AT(tdk_outbox_entry, error, 104);
  EXPECT_EQ(sizeof(tdk_outbox_sink), 24u);
  EXPECT_EQ(sizeof(tdk_outbox_request), 88u);
  EXPECT_AT(tdk_outbox_request, id, 56);
  EXPECT_AT(tdk_outbox_request, created_before, 72);
  EXPECT_AT(tdk_outbox_request, limit, 80);
  EXPECT_EQ(sizeof(tdk_outbox_outcome), 32u);
  EXPECT_AT(tdk_outbox_outcome, error, 16);
  EXPECT_EQ(sizeof(tdk_outbox_stat), 48u);
  EXPECT_AT(tdk_outbox_stat, waiting, 24);
  EXPECT_AT(tdk_outbox_stat, oldest, 40);
  EXPECT_EQ(sizeof(tdk_outbox_stat_sink), 24u);
  EXPECT_EQ(sizeof(tdk_outbox), 56u);
  EXPECT_AT(tdk_outbox, claim, 8);
  EXPECT_AT(tdk_outbox, settle, 24);
  EXPECT_AT(tdk_outbox, stat, 48);
}

TEST(AbiLayout, EventsOfACommitBatch) {
  EXPECT_EQ(sizeof(tdk_commit_batch), 112u);
  EXPECT_AT(tdk_commit_batch, quote_stride, 80);
  EXPECT_AT(tdk_commit_batch, events, 88);
  EXPECT_AT(tdk_commit_batch, event_stride, 104);
}

TEST(AbiLayout, Transfer) {
  EXPECT_EQ(std::string_view(TDK_IID_TRANSFER), "tapedeck.transfer/1");
  EXPECT_EQ(sizeof(tdk_kept_candles), 40u);
  EXPECT_AT(tdk_kept_candles, rank, 4);
  EXPECT_AT(tdk_kept_candles, batch, 24);
  EXPECT_AT(tdk_kept_candles, replaced_at, 32);
  EXPECT_EQ(sizeof(tdk_kept_candle_sink), 24u);
  EXPECT_EQ(sizeof(tdk_kept_quotes), 64u);
  EXPECT_AT(tdk_kept_quotes, source_version, 24);
  EXPECT_AT(tdk_kept_quotes, quotes, 40);
  EXPECT_AT(tdk_kept_quotes, stride, 56);
  EXPECT_EQ(sizeof(tdk_kept_quote_sink), 24u);
  EXPECT_EQ(sizeof(tdk_text_sink), 24u);
  EXPECT_EQ(sizeof(tdk_transfer), 40u);
  EXPECT_AT(tdk_transfer, write_candles, 16);
  EXPECT_AT(tdk_transfer, read_quotes, 32);
}

TEST(AbiLayout, EventSink) {
  EXPECT_EQ(std::string_view(TDK_IID_EVENTSINK), "tapedeck.eventsink/1");
  EXPECT_EQ(sizeof(tdk_event), 72u);
  EXPECT_AT(tdk_event, id, 8);
  EXPECT_AT(tdk_event, time, 16);
  EXPECT_AT(tdk_event, key, 40);
  EXPECT_AT(tdk_event, payload, 56);
  EXPECT_EQ(sizeof(tdk_event_failure_sink), 24u);
  EXPECT_EQ(sizeof(tdk_eventsink), 16u);
}

}  // namespace
