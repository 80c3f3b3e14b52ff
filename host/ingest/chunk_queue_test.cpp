#include "ingest/chunk_queue.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
namespace {

Failure failure(AfterFailure after, tdk_status code = TDK_UNAVAILABLE) {
  return {code, "because", 77, 4, after};
}

Chunk chunk(std::size_t series, Nanos from = 0) { return {series, {from, from + 1}}; }

}  // namespace

TEST(ChunkQueue, AsksFailedPagesAgainAfterAllOthers) {
  ChunkQueue queue(10);
  queue.add(chunk(0));
  queue.failed(queue.next().value(), failure(AfterFailure::AskAgain));
  EXPECT_FALSE(queue.next());
  EXPECT_EQ(queue.begin_round(), 1u);
  const Chunk again = queue.next().value();
  EXPECT_EQ(again.tries, 4u);
  EXPECT_EQ(again.not_before, 77);
  EXPECT_TRUE(again.failed_before);
}

TEST(ChunkQueue, SkipsOneSeriesOnly) {
  ChunkQueue queue(10);
  for (std::size_t s : {0u, 0u, 1u}) queue.add(chunk(s));
  queue.failed(queue.next().value(), failure(AfterFailure::SkipSeries));
  EXPECT_EQ(queue.next().value().series, 1u);
  EXPECT_FALSE(queue.next());
  EXPECT_EQ(queue.skipped().at(0), "because");
}

TEST(ChunkQueue, GivesASourceUpAfterFailuresInARow) {
  ChunkQueue queue(3);
  for (int i = 0; i < 10; ++i) queue.add(chunk(0));
  queue.failed(chunk(0), failure(AfterFailure::AskAgain));
  queue.failed(chunk(0), failure(AfterFailure::AskAgain));
  queue.succeeded(chunk(1));
  queue.failed(chunk(0), failure(AfterFailure::AskAgain));
  queue.failed(chunk(0), failure(AfterFailure::AskAgain));
  EXPECT_FALSE(queue.stopped());
  queue.failed(chunk(0), failure(AfterFailure::AskAgain));
  EXPECT_EQ(queue.stopped().value(), "3 pages in a row failed, the last with: because");
  EXPECT_FALSE(queue.next());
  EXPECT_EQ(queue.begin_round(), 0u);
}

TEST(ChunkQueue, RubbishForOneSeriesCostsOnlyThatOne) {
  ChunkQueue queue(2);
  queue.add(chunk(0));
  queue.add(chunk(1));
  for (int i = 0; i < 2; ++i) queue.failed(chunk(0), failure(AfterFailure::AskAgain, TDK_BAD_DATA));
  EXPECT_FALSE(queue.stopped());
  EXPECT_EQ(queue.next().value().series, 1u);
  EXPECT_EQ(queue.begin_round(), 0u) << "its failed pages are not asked again either";
}

TEST(ChunkQueue, ALateVendorIsNoFailingOne) {
  ChunkQueue queue(2);
  for (int i = 0; i < 5; ++i) queue.failed(chunk(0), failure(AfterFailure::NextRun));
  EXPECT_FALSE(queue.stopped());
  EXPECT_EQ(queue.begin_round(), 0u) << "a later run asks";
}

TEST(ChunkQueue, TheFirstReasonToStopStands) {
  ChunkQueue queue(2);
  queue.stop("first");
  queue.failed(chunk(0), failure(AfterFailure::StopSource));
  EXPECT_EQ(queue.stopped().value(), "first");
}
