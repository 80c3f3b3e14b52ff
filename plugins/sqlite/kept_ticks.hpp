// Ticks with source and version.
#pragma once

#include "database.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tapedeck::sqlite {

// Streams the quotes, then the trades of one symbol and range, in batches of one source and version. Inside a
// read transaction.
class KeptTickReader {
 public:
  KeptTickReader(Database &db, std::string_view symbol, const tdk_range &range, const tdk_kept_quote_sink &sink,
                 const Cancel &cancel)
      : db_(db), symbol_(symbol), range_(range), sink_(sink), cancel_(cancel) {}
  void stream(std::int64_t symbol);

 private:
  // Sources come in turns, as time has it; each gathers its own.
  struct Group {
    std::string source, version;
    std::vector<tdk_quote> rows;
  };
  Group &group_of(const Use &row);
  void flush(Group &group);

  Database &db_;
  std::string_view symbol_;
  const tdk_range &range_;
  const tdk_kept_quote_sink &sink_;
  const Cancel &cancel_;
  std::map<std::pair<std::int64_t, std::string>, Group> groups_;     // by source and version
  std::map<std::pair<std::int64_t, std::int64_t>, Group *> by_ids_;  // by source and format
};

}  // namespace tapedeck::sqlite
