// Limits that hosts keep together: the script's arguments and its answer.
#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>

#include <algorithm>

#include "budget_script.hpp"
#include "keys.hpp"
#include "redis.hpp"

namespace tapedeck::redis {
namespace {

constexpr std::size_t kHead = 6, kPerLimit = 4;  // of the answer
constexpr std::uint64_t kLargest = 1'000'000'000'000'000;  // Lua counts in doubles

const std::string &script_digest() {
  static const std::string digest = [] {
    Poco::SHA1Engine engine;
    engine.update(std::string(kBudgetScript));
    return Poco::DigestEngine::digestToHex(engine.digest());
  }();
  return digest;
}

std::string units(std::uint64_t n) { return std::to_string(std::min(n, kLargest)); }
std::string micros(std::int64_t ns) { return std::to_string(std::clamp<std::int64_t>(ns, 0, INT64_MAX - 999) / 1000); }
std::string window(std::int64_t ns) { return std::to_string(std::max<std::int64_t>(ns / 1000, 1)); }

void add_limits(Command &out, const tdk_shared_ask &ask) {
  out.push_back(std::to_string(ask.limit_count));
  for (std::uint64_t i = 0; i < ask.limit_count; ++i) {
    const auto &l = detail::at(ask.limits, i, ask.limit_stride);
    out.insert(out.end(), {std::string(sv(l.name)), std::to_string(l.kind), units(l.capacity), window(l.window_ns),
                           units(l.amount), units(l.alone), units(l.own), units(l.known)});
  }
}

void add_news(Command &out, const tdk_shared_ask &ask) {
  out.push_back(std::to_string(ask.end_count));
  for (std::uint64_t i = 0; i < ask.end_count; ++i)
    out.insert(out.end(), {std::to_string(ask.ends[i].lease), micros(ask.ends[i].ago_ns)});
  out.push_back(std::to_string(ask.sight_count));
  for (std::uint64_t i = 0; i < ask.sight_count; ++i) {
    const auto &s = detail::at(ask.sights, i, ask.sight_stride);
    const bool sourced = s.window_index != TDK_NULL_I64;
    out.insert(out.end(), {std::to_string(s.limit + 1), units(s.used), units(s.amount), units(s.finished_before),
                           sourced ? std::to_string(s.window_index) : ""});
  }
}

Command arguments_of(const tdk_shared_ask &ask, const std::string &prefix) {
  Command out{"1", budget_key(prefix, sv(ask.account)), std::string(sv(ask.host)),
              (ask.flags & TDK_SHARED_TAKE) != 0 ? "1" : "0", std::to_string(ask.priority), std::to_string(ask.lease),
              std::to_string(ask.epoch), micros(ask.hold_ns), std::string(sv(ask.hold_reason)), micros(ask.patience_ns),
              micros(ask.grace_ns), micros(ask.lease_ns)};
  add_limits(out, ask);
  add_news(out, ask);
  return out;
}

Command script_call(const char *how, const std::string &what, const Command &arguments) {
  Command out{how, what};
  out.insert(out.end(), arguments.begin(), arguments.end());
  return out;
}

void hand_over(const Reply &reply, const tdk_shared_ask &ask, const tdk_shared_sink &sink) {
  const auto &items = reply.items;
  if (items.size() != kHead + kPerLimit * ask.limit_count)
    throw Error(TDK_BAD_DATA, "sharing a budget: an answer of the wrong size");
  const auto unsigned_at = [&](std::size_t i) { return static_cast<std::uint64_t>(std::max<std::int64_t>(items[i].integer, 0)); };
  std::vector<tdk_shared_use> uses;
  for (std::size_t i = kHead; i < items.size(); i += kPerLimit)
    uses.push_back({sizeof(tdk_shared_use), 0, unsigned_at(i), unsigned_at(i + 1), unsigned_at(i + 2), items[i + 3].integer});
  tdk_shared_answer answer{};
  answer.struct_size = sizeof answer;
  answer.flags = items[0].integer == 1 ? TDK_SHARED_GRANTED : 0;
  answer.epoch = unsigned_at(1);
  answer.wait_ns = items[2].integer * 1000;
  answer.hosts = static_cast<std::uint32_t>(unsigned_at(3));
  answer.hold_ns = items[4].integer * 1000;
  answer.hold_reason = str(items[5].text);
  answer.uses = uses.data();
  answer.use_count = uses.size();
  answer.use_stride = sizeof(tdk_shared_use);
  detail::raise_unless_ok(sink.on_answer(sink.ctx, &answer));
}

}  // namespace

void Redis::exchange(const tdk_shared_ask &ask, const tdk_shared_sink &sink, const Cancel &cancel) {
  cancel.check();
  const Command arguments = arguments_of(ask, server_.settings().prefix);
  Reply reply = server_.ask(script_call("EVALSHA", script_digest(), arguments));
  // It forgets scripts with every restart.
  if (reply.is_error("NOSCRIPT")) reply = server_.ask(script_call("EVAL", kBudgetScript, arguments));
  server_.check(reply, "sharing a budget");
  hand_over(reply, ask, sink);
}

}  // namespace tapedeck::redis
