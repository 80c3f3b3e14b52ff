// The sqlite plugin under the suite every storage has to pass.
#include "test_store.hpp"

namespace tapedeck::conformance {
namespace {

class SqliteStore : public StorageUnderTest {
 public:
  std::string plugin_file() const override { return SQLITE_PLUGIN; }
  std::string plugin_id() const override { return "sqlite"; }
  Options writer_options() const override { return {{"path", file_}}; }
  Options reader_options() const override { return {{"path", file_}, {"read_only", "true"}}; }
  std::string damage() const override {
    sqlite::RawDatabase raw(file_);
    auto found = raw.rows("PRAGMA integrity_check");
    // The invariants that SQLite does not know about.
    auto counts = raw.rows(
        "SELECT id FROM series s WHERE rows <> (SELECT count(*) FROM candle WHERE series_id=s.id)");
    auto batches = raw.rows(
        "SELECT id FROM batch b WHERE rows <> (SELECT count(*) FROM candle WHERE batch_id=b.id) +"
        " (SELECT count(*) FROM revision WHERE batch_id=b.id)");
    if (!counts.empty()) return "wrong row count of series " + counts[0];
    if (!batches.empty()) return "wrong row count of batch " + batches[0];
    return found.size() == 1 && found[0] == "ok" ? "" : found.at(0);
  }

 private:
  sqlite::TempDirectory directory_;
  std::string file_ = directory_.file("market.db");
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StorageConformance,
                         testing::Values(Backend{"sqlite",
                                                 [] { return std::make_unique<SqliteStore>(); }}),
                         [](const auto &backend) { return backend.param.name; });

}  // namespace
}  // namespace tapedeck::conformance
