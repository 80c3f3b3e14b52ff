#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kPage = 1000;
constexpr std::size_t kErrorShown = 200;

struct StoreOutbox {
  std::string storage;
  std::unique_ptr<Outbox> outbox;
  std::vector<OutboxStat> stats;
};

// Of every storage of the configuration that has one, or of the one that is named.
std::vector<StoreOutbox> open_outboxes(Session &session, const std::string &wanted, const tdk_cancel *cancel) {
  std::vector<StoreOutbox> out;
  std::vector<std::string> names;
  for (const auto &p : session.config().pipelines)
    if (std::find(names.begin(), names.end(), p.storage.name) == names.end()) names.push_back(p.storage.name);
  for (const auto &name : names) try {
      if (!wanted.empty() && name != wanted) continue;
      out.push_back({name, session.runtime().open_outbox(name), {}});
      out.back().stats = out.back().outbox->stat(cancel);
    } catch (const Error &e) {
      if (e.code() != TDK_NOT_SUPPORTED) throw;
    }
  if (out.empty())
    throw Error(TDK_INVALID_ARGUMENT, wanted.empty() ? "no storage of this configuration has an outbox"
                                                     : "no storage '" + printable(wanted, 60) + "' with an outbox; there are: " + join(names, ", "));
  return out;
}

// Somebody who misspells a sink must not be told that nothing waits for it.
void check_sink(Session &session, const std::vector<StoreOutbox> &outboxes, const std::string &sink) {
  if (sink.empty()) return;
  std::vector<std::string> names;
  for (const auto &p : session.config().pipelines)
    for (const auto &s : p.publish) names.push_back(s.name);
  for (const auto &o : outboxes)
    for (const auto &stat : o.stats) names.push_back(stat.sink);
  if (std::find(names.begin(), names.end(), sink) != names.end()) return;
  const std::string near = nearest(sink, names);
  throw Error(TDK_INVALID_ARGUMENT, "no event sink '" + printable(sink, 60) + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

OutboxRequest request_of(const OutboxOptions &o, Nanos now) {
  OutboxRequest out;
  out.sink = o.sink;
  out.type = o.type;
  out.key = o.key;
  out.id = o.id;
  if (o.before.empty()) return out;
  out.created_before = parse_time(o.before, now);
  if (!out.created_before)
    throw Error(TDK_INVALID_ARGUMENT, "'" + printable(o.before, 60) + "' is no time; write 2024-01-01T10:00:00Z, or 12h for twelve hours ago");
  return out;
}

const char *state_name(OutboxState state) { return state == OutboxState::Dead ? "dead" : "waiting"; }

struct Listed {
  std::string storage;
  OutboxEntry entry;
};

// Dead letters before what waits, page by page; `more`: there are others beyond the limit.
std::vector<Listed> collect(std::vector<StoreOutbox> &outboxes, const OutboxOptions &o, Nanos now, bool &more, const tdk_cancel *cancel) {
  std::vector<Listed> out;
  for (const OutboxState state : {OutboxState::Dead, OutboxState::Waiting}) {
    if ((o.dead || o.waiting) && !(state == OutboxState::Dead ? o.dead : o.waiting)) continue;
    for (auto &of : outboxes) {
      OutboxRequest request = request_of(o, now);
      request.state = state;
      request.limit = kPage;
      for (;;) {
        auto page = of.outbox->read(request, cancel);
        for (auto &entry : page) {
          more = o.limit != 0 && out.size() >= o.limit;
          if (more) return out;
          out.push_back({of.storage, std::move(entry)});
        }
        if (page.size() < kPage) break;
        request.after = out.back().entry.id;
      }
    }
  }
  return out;
}

void print_text(const std::vector<Listed> &listed, const std::vector<StoreOutbox> &outboxes, const std::string &sink) {
  std::vector<std::vector<std::string>> table = {{"state", "id", "storage", "sink", "type", "key", "created", "tries", "error"}};
  for (const auto &[storage, e] : listed)
    table.push_back({state_name(e.state), std::to_string(e.id), storage, printable(e.sink, 64), printable(e.type, 64), printable(e.key, 64),
                     format_time(e.created), std::to_string(e.tries), printable(e.error, kErrorShown)});
  if (table.size() > 1) std::printf("%s\n", format_table(table).c_str());
  bool any = false;
  for (const auto &o : outboxes)
    for (const auto &s : o.stats) {
      if (!sink.empty() && s.sink != sink) continue;
      any = true;
      std::printf("%s in %s: %s waiting%s, %s dead\n", printable(s.sink, 64).c_str(), o.storage.c_str(), with_commas(s.waiting).c_str(),
                  s.oldest ? (", the oldest since " + format_time(*s.oldest)).c_str() : "", with_commas(s.dead).c_str());
    }
  if (!any) std::puts("nothing waits, and there are no dead letters");
}

void print_json(const std::vector<Listed> &listed, const std::vector<StoreOutbox> &outboxes, const std::string &sink) {
  std::string out = "{\"events\":[";
  const auto field = [&out](const char *key, const std::string &value) { out += std::string(",\"") + key + "\":" + json_quoted(value); };
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const OutboxEntry &e = listed[i].entry;
    out += std::string(i > 0 ? ",\n" : "\n") + "{\"state\":\"" + state_name(e.state) + "\",\"id\":" + std::to_string(e.id);
    field("storage", listed[i].storage);
    field("sink", e.sink);
    field("type", e.type);
    field("key", e.key);
    field("time", format_time(e.time));
    field("created", format_time(e.created));
    out += ",\"tries\":" + std::to_string(e.tries);
    field("error", e.error);
    field("payload", e.payload);
    out += "}";
  }
  out += "],\n\"sinks\":[";
  bool first = true;
  for (const auto &o : outboxes)
    for (const auto &s : o.stats) {
      if (!sink.empty() && s.sink != sink) continue;
      out += std::string(std::exchange(first, false) ? "" : ",") + "{\"storage\":" + json_quoted(o.storage) + ",\"sink\":" + json_quoted(s.sink) +
             ",\"waiting\":" + std::to_string(s.waiting) + ",\"dead\":" + std::to_string(s.dead) +
             ",\"oldest\":" + (s.oldest ? json_quoted(format_time(*s.oldest)) : "null") + "}";
    }
  std::printf("%s]}\n", out.c_str());
}

// What changes something is told what: whoever names nothing has to say that all are meant.
void check_narrowed(const OutboxOptions &o, const char *command) {
  if (o.all || o.id != 0 || !o.sink.empty() || !o.type.empty() || !o.key.empty() || !o.before.empty()) return;
  throw Error(TDK_INVALID_ARGUMENT, std::string("outbox ") + command + ": say which: --sink, --type, --key, --id or --before, or --all");
}

std::vector<StoreOutbox> open_to_change(Session &session, const OutboxOptions &o, const char *command, const tdk_cancel *cancel) {
  check_narrowed(o, command);
  auto outboxes = open_outboxes(session, o.storage, cancel);
  check_sink(session, outboxes, o.sink);
  if (o.id != 0 && outboxes.size() > 1)
    throw Error(TDK_INVALID_ARGUMENT, std::string("outbox ") + command + ": --id means one event of one storage; add --storage");
  return outboxes;
}

void check_found(const OutboxOptions &o, std::uint64_t changed, const char *what) {
  if (o.id != 0 && changed == 0) throw Error(TDK_NOT_FOUND, "there is no " + std::string(what) + " " + std::to_string(o.id) + " of that kind");
}

std::string counted(std::uint64_t n, const char *one, const char *many) { return with_commas(n) + " " + (n == 1 ? one : many); }

}  // namespace

int cmd_outbox_list(const std::string &file, const OutboxOptions &what) {
  Session session({file});
  SignalGuard guard(session.cancel());
  const CancelToken token(session.cancel());
  auto outboxes = open_outboxes(session, what.storage, token.raw());
  check_sink(session, outboxes, what.sink);
  bool more = false;
  const auto listed = collect(outboxes, what, session.clock().now_ns(), more, token.raw());
  (what.format == "json" ? print_json : print_text)(listed, outboxes, what.sink);
  if (more) std::fprintf(stderr, "tapedeck: there are more than %s; --limit 0 lists all\n", with_commas(what.limit).c_str());
  return kExitOk;
}

int cmd_outbox_replay(const std::string &file, const OutboxOptions &what) {
  if (what.waiting)
    throw Error(TDK_INVALID_ARGUMENT, "outbox replay: what waits is sent anyway; dead letters can be replayed");
  Session session({file});
  const CancelToken token(session.cancel());
  std::uint64_t all = 0;
  for (auto &of : open_to_change(session, what, "replay", token.raw())) {
    OutboxRequest request = request_of(what, session.clock().now_ns());
    request.state = OutboxState::Dead;
    const std::uint64_t n = of.outbox->replay(request);
    std::printf("%s of %s again\n", counted(n, "dead letter", "dead letters").c_str(), (of.storage + (n == 1 ? " waits" : " wait")).c_str());
    all += n;
  }
  check_found(what, all, "dead letter");
  if (all > 0) std::fprintf(stderr, "tapedeck: `tapedeck run %s` sends them, behind what waits already\n", file.c_str());
  return kExitOk;
}

int cmd_outbox_purge(const std::string &file, const OutboxOptions &what) {
  Session session({file});
  const CancelToken token(session.cancel());
  std::uint64_t all = 0;
  for (auto &of : open_to_change(session, what, "purge", token.raw()))
    for (const OutboxState state : {OutboxState::Dead, OutboxState::Waiting}) {
      if (state == OutboxState::Waiting ? !what.waiting : what.waiting && !what.dead) continue;
      OutboxRequest request = request_of(what, session.clock().now_ns());
      request.state = state;
      const std::uint64_t n = of.outbox->purge(request);
      std::printf("%s of %s removed\n",
                  (state == OutboxState::Dead ? counted(n, "dead letter", "dead letters") : counted(n, "waiting event", "waiting events")).c_str(),
                  of.storage.c_str());
      all += n;
    }
  check_found(what, all, "event");
  return kExitOk;
}

}  // namespace tapedeck
