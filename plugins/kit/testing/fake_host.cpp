#include "kit/testing/fake_host.hpp"

namespace kit::test {

FakeHost::FakeHost() {
  http_ = {sizeof http_, 0, &request};
  budget_.struct_size = sizeof budget_;
  budget_.define = &define;
  budget_.observe = [](const tdk_host *h, std::uint64_t handle, std::uint64_t used) -> tdk_status {
    of(h).budgets.at(handle - 1).observed = used;
    return TDK_OK;
  };
  budget_.hold = [](const tdk_host *h, std::int64_t wait_ns, tdk_str reason) -> tdk_status {
    of(h).holds.emplace_back(wait_ns, tapedeck::sv(reason));
    return TDK_OK;
  };
  metrics_.struct_size = sizeof metrics_;
  metrics_.counter = [](const tdk_host *h, const char *name, const tdk_kv *, std::uint64_t) {
    of(h).counters.emplace_back(name, 0.0);
    return std::uint64_t{of(h).counters.size()};
  };
  metrics_.record = [](const tdk_host *h, std::uint64_t handle, double value) {
    of(h).counters.at(handle - 1).second += value;
  };
  host_.struct_size = sizeof host_;
  host_.abi_version = TDK_ABI_VERSION;
  host_.ctx = this;
  host_.get_interface = &interface;
  host_.now_ns = [](const tdk_host *h) { return of(h).now_ns; };
  host_.monotonic_ns = [](const tdk_host *h) { return of(h).socket.now_ns; };
  host_.log = [](const tdk_host *h, std::int32_t, const char *text, std::uint64_t size,
                 const tdk_kv *, std::uint64_t) { of(h).log.emplace_back(text, size); };
}

const void *FakeHost::interface(const tdk_host *h, const char *iid) {
  FakeHost &self = of(h);
  if (!std::strcmp(iid, TDK_IID_HOST_HTTP)) return &self.http_;
  if (!std::strcmp(iid, TDK_IID_HOST_WEBSOCKET)) return self.socket.table();
  if (!std::strcmp(iid, TDK_IID_HOST_LINES)) return self.lines.table();
  if (self.offers_budgets && !std::strcmp(iid, TDK_IID_HOST_BUDGET)) return &self.budget_;
  if (!std::strcmp(iid, TDK_IID_HOST_METRICS)) return &self.metrics_;
  return nullptr;
}

double FakeHost::counted(const std::string &name) const {
  double out = 0;
  for (const auto &[counter, value] : counters)
    if (counter == name) out += value;
  return out;
}

tdk_status FakeHost::define(const tdk_host *h, const tdk_budget *budget, std::uint64_t *handle,
                            tdk_error *) {
  auto &all = of(h).budgets;
  const Budget made{std::string(tapedeck::sv(budget->name)), budget->kind, budget->capacity,
                    budget->window_ns};
  std::size_t at = 0;
  while (at < all.size() && all[at].name != made.name) ++at;
  if (at == all.size()) all.push_back(made);
  all[at] = made;
  *handle = at + 1;
  return TDK_OK;
}

Request &FakeHost::note(const tdk_http_request &rq) {
  Request &seen = requests.emplace_back();
  seen.method = tapedeck::sv(rq.method);
  seen.url = tapedeck::sv(rq.url);
  seen.timeout_ns = rq.timeout_ns;
  seen.flags = rq.flags;
  for (std::uint64_t i = 0; i < rq.header_count; ++i)
    seen.headers.emplace_back(tapedeck::sv(rq.headers[i].key), tapedeck::sv(rq.headers[i].value));
  for (std::uint64_t i = 0; i < rq.cost_count; ++i)
    seen.costs[budgets.at(rq.costs[i].budget - 1).name] = rq.costs[i].amount;
  return seen;
}

tdk_status FakeHost::request(const tdk_host *h, const tdk_http_request *rq,
                             const tdk_http_sink *sink, const tdk_cancel *, tdk_error *err) {
  FakeHost &self = of(h);
  const Answer answer = self.answer(self.note(*rq).url);
  if (answer.fails != TDK_OK) return tapedeck::detail::fail(err, answer.fails, "no answer");
  std::vector<tdk_kv> headers;
  for (const auto &[name, value] : answer.headers)
    headers.push_back({tapedeck::str(name), tapedeck::str(value)});
  const auto *bytes = reinterpret_cast<const std::uint8_t *>(answer.body.data());
  const tdk_http_response response{
      sizeof response, answer.status, headers.data(), headers.size(), {bytes, answer.body.size()}};
  return sink->on_response(sink->ctx, &response);
}

std::string header(const Request &request, std::string_view name) {
  for (const auto &[key, value] : request.headers)
    if (key == name) return value;
  return {};
}

std::string parameter(const std::string &url, const std::string &name) {
  const std::size_t query = url.find('?');
  if (query == url.npos) return {};
  std::string text = "&";
  text += url.substr(query + 1);
  const std::string mark = "&" + name + "=";
  const std::size_t at = text.find(mark);
  if (at == text.npos) return {};
  const std::size_t begin = at + mark.size();
  return text.substr(begin, text.find('&', begin) - begin);
}

}  // namespace kit::test
