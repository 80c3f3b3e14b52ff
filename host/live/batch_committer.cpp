#include "live/batch_committer.hpp"

#include <mutex>

#include "live/spool_record.hpp"
#include "observe/log.hpp"

namespace tapedeck {
namespace {

// The store would answer the same tomorrow.
bool never_succeeds(const Error &e) { return e.code() == TDK_INVALID_ARGUMENT || e.code() == TDK_BAD_DATA; }

Commit commit_of(const std::string &pipeline, const CandlePart &part) {
  Commit c;
  c.pipeline = pipeline;
  c.series = part.series;
  c.source = part.source;
  c.source_version = part.version;
  c.rank = part.rank;
  c.fetched_at = part.fetched_at;
  c.candles = part.candles.empty() ? nullptr : &part.candles;
  c.ledger = part.ledger;
  return c;
}

DeliveryBatch alone(const TickPart &part, TickBatch of) {
  DeliveryBatch batch;
  batch.ticks.push_back({part.source, part.version, {std::move(of)}});
  return batch;
}

}  // namespace

BatchCommitter::BatchCommitter(std::string pipeline, OpenStorage open, Enter enter, Spool &spool, Drops &drops)
    : pipeline_(std::move(pipeline)), open_(std::move(open)), enter_(std::move(enter)), spool_(spool), drops_(drops) {}

StoredRows BatchCommitter::commit(const DeliveryBatch &batch) {
  try {
    return commit_open(batch);
  } catch (const Error &e) {
    // Whoever is merely late or locked out may be asked again as it is.
    if (e.code() != TDK_BUSY && e.code() != TDK_TIMEOUT && e.code() != TDK_CANCELLED) storage_.reset();
    throw;
  } catch (const std::exception &e) {
    storage_.reset();
    throw Error(TDK_INTERNAL, std::string("storing rows: ") + e.what());
  }
}

StoredRows BatchCommitter::commit_open(const DeliveryBatch &batch) {
  if (!storage_) enter_([&] { storage_ = open_(); });
  if (has_batches_) try {
      return commit_whole(batch);
    } catch (const Error &e) {
      if (e.code() == TDK_NOT_SUPPORTED)
        has_batches_ = false;
      else if (!never_succeeds(e))
        throw;
    }
  return commit_parts(batch);
}

StoredRows BatchCommitter::commit_whole(const DeliveryBatch &batch) {
  CommitBatch whole;
  whole.pipeline = pipeline_;
  for (const auto &part : batch.candles) whole.commits.push_back(commit_of(pipeline_, part));
  // One source of ticks a transaction: after a failover there are two, which is rare.
  auto part = batch.ticks.begin();
  do {
    if (part != batch.ticks.end()) {
      whole.source = part->source;
      whole.source_version = part->version;
      whole.ticks = part->symbols;
      ++part;
    }
    enter_([&] { storage_->commit_batch(whole); });
    whole.commits.clear();
  } while (part != batch.ticks.end());
  return {batch.candle_rows(), batch.tick_rows(), {}};
}

StoredRows BatchCommitter::commit_parts(const DeliveryBatch &batch) {
  bad_ = {};
  StoredRows stored;
  for (std::size_t i = 0; i < batch.candles.size(); ++i)
    if (commit_candles(batch.candles[i]))
      stored.candles += batch.candles[i].candles.size();
    else
      stored.refused.push_back(i);
  if (has_batches_) {
    for (const auto &part : batch.ticks)
      for (const auto &of : part.symbols) stored.ticks += commit_ticks(part, of);
  } else if (batch.tick_rows() > 0) {
    say_no_ticks();
    drops_.add(DropKind::Tick, "storage keeps no ticks", batch.tick_rows());
  }
  set_aside();
  return stored;
}

bool BatchCommitter::commit_candles(const CandlePart &part) {
  try {
    enter_([&] { storage_->commit(commit_of(pipeline_, part)); });
    return true;
  } catch (const Error &e) {
    if (!never_succeeds(e)) throw;
    DeliveryBatch batch;
    batch.candles.push_back(part);
    note_bad(std::move(batch), e);
    return false;
  }
}

void BatchCommitter::note_bad(DeliveryBatch batch, const Error &why) {
  if (bad_.candles.empty() && bad_.ticks.empty()) why_bad_ = why.what();
  bad_.append(std::move(batch));
}

// Halves what is refused until the bad one is alone.
std::uint64_t BatchCommitter::commit_ticks(const TickPart &part, const TickBatch &of) {
  CommitBatch batch;
  batch.pipeline = pipeline_;
  batch.source = part.source;
  batch.source_version = part.version;
  batch.ticks = {of};
  try {
    enter_([&] { storage_->commit_batch(batch); });
    return of.ticks.size();
  } catch (const Error &e) {
    if (!never_succeeds(e)) throw;
    if (of.ticks.size() <= 1) {
      note_bad(alone(part, of), e);
      return 0;
    }
  }
  const auto middle = of.ticks.begin() + static_cast<std::ptrdiff_t>(of.ticks.size() / 2);
  return commit_ticks(part, {of.symbol, {of.ticks.begin(), middle}}) +
         commit_ticks(part, {of.symbol, {middle, of.ticks.end()}});
}

// Last of all, so that what has to be tried again is not set aside twice.
void BatchCommitter::set_aside() {
  if (bad_.candles.empty() && bad_.ticks.empty()) return;
  const bool kept = spool_.set_aside(encode_batch(bad_));
  log(LogLevel::Error, "delivery",
      "storing " + std::to_string(bad_.candle_rows()) + " candles and " + std::to_string(bad_.tick_rows()) +
          " ticks: " + why_bad_ + "; they are " +
          (kept ? "kept as *.bad in the spool" : "lost, since the spool cannot be written: " + spool_.problem()),
      {{"pipeline", pipeline_}});
  drops_.add(DropKind::Candle, "refused by the storage", bad_.candle_rows());
  drops_.add(DropKind::Tick, "refused by the storage", bad_.tick_rows());
  bad_ = {};
}

void BatchCommitter::say_no_ticks() {
  if (said_no_ticks_) return;
  said_no_ticks_ = true;
  log(LogLevel::Warn, "delivery", "this storage keeps no quotes and trades; only candles are stored",
      {{"pipeline", pipeline_}});
}

void BatchCommitter::leak_storage() {
  // Reachable for ever, so that nobody takes it for a leak by mistake.
  static std::mutex mutex;
  static auto &leaked = *new std::vector<std::unique_ptr<Storage>>;
  std::lock_guard lock(mutex);
  leaked.push_back(std::move(storage_));
}

}  // namespace tapedeck
