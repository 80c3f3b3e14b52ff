// The postgres plugin under the suite every storage has to pass: on partitions, and on TimescaleDB where the
// server has it.
#include "test_store.hpp"

namespace tapedeck::conformance {
namespace {

class PostgresStore : public StorageUnderTest {
 public:
  explicit PostgresStore(std::string timescaledb) : timescaledb_(std::move(timescaledb)) {
    if (timescaledb_ == "on") schema_.client().execute("CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA public");
  }
  std::string plugin_file() const override { return POSTGRES_PLUGIN; }
  std::string plugin_id() const override { return "postgres"; }
  Options writer_options() const override { return postgres::with(schema_.options(), {{"timescaledb", timescaledb_}}); }
  Options reader_options() const override { return postgres::with(writer_options(), {{"read_only", "true"}}); }
  std::string damage() const override { return postgres::disagreement(schema_.client()); }

 private:
  postgres::TestSchema schema_;
  std::string timescaledb_;
};

std::vector<Backend> backends() {
  std::vector<Backend> out = {{"postgres", [] { return std::make_unique<PostgresStore>("off"); }}};
  if (servers::PrivatePostgres::has_timescaledb())
    out.push_back({"timescaledb", [] { return std::make_unique<PostgresStore>("on"); }});
  return out;
}

INSTANTIATE_TEST_SUITE_P(Postgres, StorageConformance, testing::ValuesIn(backends()),
                         [](const auto &backend) { return backend.param.name; });

TEST(Timescale, TheSuiteRunsWhereTheExtensionIs) {
  if (!servers::PrivatePostgres::has_timescaledb())
    GTEST_SKIP() << "this PostgreSQL has no TimescaleDB: set TAPEDECK_POSTGRES_BIN to the programs of one that has";
  EXPECT_EQ(backends().size(), 2u);
}

}  // namespace
}  // namespace tapedeck::conformance
