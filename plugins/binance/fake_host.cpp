#include "fake_host.hpp"

namespace binance::test {

using Table = tapedeck::detail::ProviderTable<Provider>;

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
  seen.url = tapedeck::sv(rq.url);
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

Candles fetch_candles(Provider &provider, const CandlesAsked &asked, const tdk_cancel *cancel) {
  Candles out;
  out.error = tapedeck::detail::fresh();
  tdk_series series{};
  series.struct_size = sizeof series;
  series.symbol = tapedeck::str(asked.symbol);
  series.interval = asked.interval;
  series.price_type = asked.price_type;
  const tdk_candle_request rq{
      sizeof rq, asked.flags, &series, {asked.from_ns, asked.to_ns}, asked.limit, 0};
  const auto on_batch = [](void *ctx, const tdk_candle_batch *b) -> tdk_status {
    auto &got = *static_cast<Candles *>(ctx);
    ++got.batches;
    for (std::uint64_t i = 0; i < b->count; ++i)
      got.rows.push_back({b->open_time[i], b->open[i], b->high[i], b->low[i], b->close[i],
                          b->volume[i], b->turnover[i], b->trades[i], b->state[i], b->price_exp,
                          b->volume_exp, b->turnover_exp});
    return TDK_OK;
  };
  const tdk_candle_sink sink{sizeof sink, 0, &out, on_batch};
  out.status = Table::get()->fetch_candles(&provider, &rq, &sink, cancel, &out.error);
  return out;
}

Quotes fetch_quotes(Provider &provider, const std::vector<std::string> &symbols) {
  Quotes out;
  out.error = tapedeck::detail::fresh();
  std::vector<tdk_str> names;
  for (const std::string &s : symbols) names.push_back(tapedeck::str(s));
  const auto on_quotes = [](void *ctx, const tdk_quote *q, std::uint64_t,
                            std::uint64_t) -> tdk_status {
    static_cast<Quotes *>(ctx)->rows.emplace_back(tapedeck::sv(q->symbol), *q);
    return TDK_OK;
  };
  const tdk_quote_sink sink{sizeof sink, 0, &out, on_quotes};
  out.status =
      Table::get()->fetch_quotes(&provider, names.data(), names.size(), &sink, nullptr, &out.error);
  return out;
}

Symbols search(Provider &provider, std::string_view query, std::uint64_t limit) {
  Symbols out;
  out.error = tapedeck::detail::fresh();
  const auto on_symbols = [](void *ctx, const tdk_symbol *s, std::uint64_t,
                             std::uint64_t) -> tdk_status {
    const auto text = [](tdk_str v) { return std::string(tapedeck::sv(v)); };
    static_cast<Symbols *>(ctx)->rows.push_back({text(s->symbol), text(s->vendor_symbol),
                                                 text(s->currency), s->status, s->asset_class,
                                                 s->price_exp});
    return TDK_OK;
  };
  const tdk_symbol_sink sink{sizeof sink, 0, &out, on_symbols};
  out.status = Table::get()->search_symbols(&provider, tapedeck::str(query), limit, &sink, nullptr,
                                            &out.error);
  return out;
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

}  // namespace binance::test
