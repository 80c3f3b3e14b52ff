// The one thread that writes to one storage: the pages that wait for it together in one transaction.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <tapedeck/layer/core.hpp>

#include "base/bounded_queue.hpp"
#include "base/clock.hpp"
#include "ingest/chunk.hpp"
#include "ingest/plan.hpp"
#include "ingest/progress.hpp"

namespace tapedeck {

// Lifecycle: starts at construction; finish() drains and joins. Threads: submit() and take_result()
// from any; what fails is kept and thrown by finish().
// Failures: TDK_BUSY and TDK_UNAVAILABLE are tried again for about half a minute. Pages that are refused
// together for what they are or how many, or because the storage takes no batches, are written one by one, as
// all that follow: a page's fate is not its company's. Anything else ends the writing: nothing of the failed
// transaction is stored, and what follows is dropped unwritten (the ledger does not know of it, so the next
// run asks again).
class StoreWriter {
 public:
  using Versions = std::map<std::string, std::string>;  // of the sources
  // `plans`, `versions` and the rest outlive the writer and stay as they are.
  StoreWriter(std::unique_ptr<Storage> storage, const std::vector<SeriesPlan> &plans,
              const Versions &versions, BackfillProgress &progress, Clock &clock);
  ~StoreWriter();

  // Waits until the page is on disk; false when it never will be. So a producer has one page under way
  // at most, and a kill loses no more answers than there are producers.
  bool submit(std::unique_ptr<ChunkResult> &&result);
  // A used result, for its memory.
  std::unique_ptr<ChunkResult> take_result();
  bool failed() const noexcept { return failed_.load(); }
  std::size_t waiting() const { return queue_.size(); }  // pages that nobody has begun to write
  void finish();  // throws the Error that ended the writing

 private:
  static constexpr std::size_t kQueueLimit = 64;  // as many as there can be producers
  // Where a transaction ends, at most a page later: with more, rows become no cheaper, while readers and other
  // writers wait longer and a failure takes back more.
  static constexpr std::size_t kRowsTogether = 32768;
  struct Page {
    std::unique_ptr<ChunkResult> result;
    bool *written;  // the producer's, who waits for it; guarded by mutex_
  };
  void run();
  void run_until_error();
  std::vector<Page> take_waiting(Page first);
  void write(std::vector<Page> pages);
  bool commit_together(const std::vector<Commit> &commits);
  Commit commit_of(const ChunkResult &result) const;
  void count(const ChunkResult &result);
  void commit_patiently(const std::function<CommitResult()> &commit);
  void release(Page page);

  std::unique_ptr<Storage> storage_;
  const std::vector<SeriesPlan> &plans_;
  const Versions &versions_;
  BackfillProgress &progress_;
  Clock &clock_;
  BoundedQueue<Page> queue_{kQueueLimit};
  bool together_ = true;  // until pages were refused together
  std::mutex mutex_;
  std::condition_variable progress_made_;
  std::vector<std::unique_ptr<ChunkResult>> used_;
  std::optional<Error> error_;
  std::atomic<bool> failed_{false};
  std::thread thread_;
};

}  // namespace tapedeck
