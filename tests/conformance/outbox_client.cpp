#include "outbox_client.hpp"

#include "storage_client_raw.hpp"

namespace tapedeck::conformance {
namespace {

tdk_outbox_request raw_request(const OutboxQuery &q) {
  return {sizeof(tdk_outbox_request), q.state, str(q.sink), str(q.type), str(q.key), q.id, q.after,
          q.created_before, q.limit};
}

OutboxEntry entry_of(const tdk_outbox_entry &e) {
  return {e.id,
          e.state,
          std::string(sv(e.sink)),
          std::string(sv(e.type)),
          std::string(sv(e.key)),
          e.time,
          std::string(sv(e.payload)),
          e.created,
          e.tries,
          std::string(sv(e.error))};
}

OutboxStat stat_of(const tdk_outbox_stat &s) {
  return {std::string(sv(s.sink)), s.waiting, s.dead, s.oldest};
}

}  // namespace

Outcome OutboxClient::claim(const std::string &sink, const std::string &owner, std::int64_t now,
                            std::int64_t until) const {
  Outcome out;
  run(out, [&](tdk_error *e) {
    return table_->claim(storage_.self(), str(sink), str(owner), now, until, e);
  });
  return out;
}

Listed<OutboxEntry> OutboxClient::read(const OutboxQuery &q) const {
  Listed<OutboxEntry> out;
  const tdk_outbox_sink sink{
      sizeof sink, 0, &out.items,
      [](void *p, const tdk_outbox_entry *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        for (std::uint64_t i = 0; i < n; ++i)
          static_cast<std::vector<OutboxEntry> *>(p)->push_back(entry_of(detail::at(first, i, stride)));
        return TDK_OK;
      }};
  const tdk_outbox_request request = raw_request(q);
  run(out, [&](tdk_error *e) { return table_->read(storage_.self(), &request, &sink, q.cancel, e); });
  return out;
}

Outcome OutboxClient::settle(const std::vector<OutboxOutcome> &outcomes) const {
  std::vector<tdk_outbox_outcome> raw;
  for (const OutboxOutcome &o : outcomes)
    raw.push_back({sizeof(tdk_outbox_outcome), o.outcome, o.id, str(o.error)});
  Outcome out;
  run(out, [&](tdk_error *e) {
    return table_->settle(storage_.self(), raw.data(), raw.size(), sizeof(tdk_outbox_outcome), e);
  });
  return out;
}

Counted OutboxClient::replay(const OutboxQuery &q) const {
  Counted out;
  const tdk_outbox_request request = raw_request(q);
  run(out, [&](tdk_error *e) { return table_->replay(storage_.self(), &request, &out.count, e); });
  return out;
}

Counted OutboxClient::purge(const OutboxQuery &q) const {
  Counted out;
  const tdk_outbox_request request = raw_request(q);
  run(out, [&](tdk_error *e) { return table_->purge(storage_.self(), &request, &out.count, e); });
  return out;
}

Listed<OutboxStat> OutboxClient::stat() const {
  Listed<OutboxStat> out;
  const tdk_outbox_stat_sink sink{
      sizeof sink, 0, &out.items,
      [](void *p, const tdk_outbox_stat *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        for (std::uint64_t i = 0; i < n; ++i)
          static_cast<std::vector<OutboxStat> *>(p)->push_back(stat_of(detail::at(first, i, stride)));
        return TDK_OK;
      }};
  run(out, [&](tdk_error *e) { return table_->stat(storage_.self(), &sink, nullptr, e); });
  return out;
}

}  // namespace tapedeck::conformance
