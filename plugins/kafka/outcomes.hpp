// What became of the events of one publish(), and what the host is told of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tapedeck/plugin.hpp>

namespace tapedeck::kafka {

// Threads: one at a time.
class Outcomes {
 public:
  explicit Outcomes(const Rows<tdk_event> &events) : events_(events), fates_(events.count) {}

  void take(std::uint64_t index) { fates_[index] = {Kind::Taken, 0, 0}; ++taken_; }
  // `status` TDK_INVALID_ARGUMENT: never; else: to be tried again.
  void fail(std::uint64_t index, tdk_status status, const std::string &why);
  void fail_open(tdk_status status, const std::string &why);  // all that are open
  bool any_open() const;
  bool open(std::uint64_t index) const { return fates_[index].kind == Kind::Open; }
  std::uint64_t taken() const { return taken_; }

  // Tells of every event that was not acknowledged. One to be tried again holds up those of its key behind it, so that
  // they come again in order, even when they were acknowledged. None may be open. How many it told of.
  std::uint64_t report(EventFailures &failures) const;

 private:
  enum class Kind { Open, Taken, Failed };
  struct Fate {
    Kind kind = Kind::Open;
    tdk_status status = TDK_OK;
    std::size_t why = 0;  // of whys_
  };
  const Rows<tdk_event> &events_;
  std::vector<Fate> fates_;
  std::vector<std::string> whys_;
  std::uint64_t taken_ = 0;
};

}  // namespace tapedeck::kafka
