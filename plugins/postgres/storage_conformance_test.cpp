// The postgres plugin under the suite every storage has to pass: on partitions, and on TimescaleDB where the
// server has it.
#include "test_store.hpp"

namespace tapedeck::conformance {
namespace {

class PostgresStore : public StorageUnderTest {
 public:
  explicit PostgresStore(const std::string &timescaledb)
      : schema_(timescaledb == "on" ? postgres::timescale_database() : "postgres"), timescaledb_(timescaledb) {}
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

}  // namespace
}  // namespace tapedeck::conformance
