#include "plugins/transfer_plugin.hpp"

#include <tapedeck/layer/core.hpp>

#include <tuple>
#include <vector>

#include "plugins/fact_intake.hpp"
#include "plugins/foreign_array.hpp"
#include "plugins/inline_call.hpp"
#include "plugins/intake.hpp"
#include "plugins/tables.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kLongestName = 256;

bool is_name(tdk_str s) { return s.size > 0 && s.size <= kLongestName && s.data != nullptr; }
bool is_text(tdk_str s) { return s.size <= kLongestName && (s.data != nullptr || s.size == 0); }

// What holds across the batches of one read_candles().
class KeptIntake {
 public:
  explicit KeptIntake(tdk_range range) : batches_(range, 0, BatchIntake::Prices::AsStored) {}

  // NULL when the host may read it.
  const char *check(const tdk_kept_candles *kept) {
    if (kept == nullptr || kept->struct_size < TAPEDECK_SIZE_TO(tdk_kept_candles, replaced_at) ||
        kept->struct_size > kMaxStruct)
      return "candles of no sane size";
    if (kept->replaced_at != nullptr) {
      former_ = true;
      batches_.expect_former_values();
    } else if (former_) {
      return "a standing value after the former ones";
    }
    if (const char *why = batches_.check(kept->batch)) return why;
    if (!TDK_HAS(kept->batch, fetched_at)) return "a batch that does not say whence it is";
    return is_name(kept->batch->source) && is_text(kept->source_version) ? nullptr : "a batch whose texts cannot be used";
  }

 private:
  BatchIntake batches_;
  bool former_ = false;
};

// The same of one read_quotes(); each batch is in order for itself.
class QuoteIntake {
 public:
  QuoteIntake(tdk_str symbol, tdk_range range) : symbol_(sv(symbol)), range_(range) {}

  // `out`: copies of full size.
  const char *check(const tdk_kept_quotes *kept, std::vector<tdk_quote> &out) const {
    out.clear();
    if (kept == nullptr || kept->struct_size < TAPEDECK_SIZE_TO(tdk_kept_quotes, stride) || kept->struct_size > kMaxStruct)
      return "quotes of no sane size";
    if (!is_name(kept->source) || !is_text(kept->source_version)) return "quotes whose texts cannot be used";
    const char *why = nullptr;
    for_each_foreign(kept->quotes, kept->count, kept->stride, TAPEDECK_SIZE_TO(tdk_quote, trades), blank<tdk_quote>(),
                     [&](const tdk_quote &q) {
                       if (why == nullptr) why = problem_of(q, out.empty() ? nullptr : &out.back());
                       out.push_back(q);
                     });
    return why;
  }

 private:
  const char *problem_of(const tdk_quote &q, const tdk_quote *before) const {
    if (!is_sound(q) || sv(q.symbol) != symbol_) return "a quote that cannot be used";
    if (q.sequence == TDK_NULL_I64) return "a quote without a sequence";
    if (q.time < range_.from || q.time >= range_.to) return "a quote's time is outside the range asked for";
    const auto place = [](const tdk_quote &x) { return std::tuple((x.flags & TDK_QUOTE_TRADE) != 0, x.time, x.sequence); };
    return before == nullptr || place(*before) < place(q) ? nullptr : "the quotes are not in order";
  }

  std::string_view symbol_;
  tdk_range range_;
};

tdk_transfer table_of(PluginInstance &instance) {
  const void *table = instance.interface(TDK_IID_TRANSFER);
  if (table == nullptr) throw Error(TDK_NOT_SUPPORTED, instance.name() + ": offers no " TDK_IID_TRANSFER);
  return complete_transfer(table);
}

}  // namespace

TransferPlugin::TransferPlugin(std::shared_ptr<PluginInstance> instance)
    : instance_(std::move(instance)), table_(table_of(*instance_)) {}

tdk_status TransferPlugin::read_candles(const tdk_series &series, tdk_range range, const Sink<tdk_kept_candles> &sink,
                                        const tdk_cancel *cancel) {
  return call_inline(*instance_, "read_candles", cancel, [&](auto &self, tdk_error *error) {
    struct Context {
      std::remove_reference_t<decltype(self)> &call;
      KeptIntake intake;
      const Sink<tdk_kept_candles> &sink;
    } context{self, KeptIntake(range), sink};
    const tdk_kept_candle_sink raw{sizeof raw, 0, &context, [](void *p, const tdk_kept_candles *kept) -> tdk_status {
                                     auto &c = *static_cast<Context *>(p);
                                     return c.call.offer([&]() -> tdk_status {
                                       if (const char *why = c.intake.check(kept)) return c.call.refuse(why);
                                       return c.sink(*kept);
                                     });
                                   }};
    return table_.read_candles(instance_->self(), &series, &range, &raw, self.token(), error);
  });
}

std::uint64_t TransferPlugin::write_candles(const tdk_series &series, std::span<const tdk_kept_candles> kept) {
  std::uint64_t written = 0;
  call_inline(*instance_, "write_candles", nullptr, [&](auto &, tdk_error *error) {
    return table_.write_candles(instance_->self(), &series, kept.data(), kept.size(), sizeof(tdk_kept_candles), &written,
                                error);
  });
  return written;
}

tdk_status TransferPlugin::tick_symbols(const Sink<tdk_str> &sink, const tdk_cancel *cancel) {
  return call_inline(*instance_, "tick_symbols", cancel, [&](auto &self, tdk_error *error) {
    struct Context {
      std::remove_reference_t<decltype(self)> &call;
      const Sink<tdk_str> &sink;
    } context{self, sink};
    const tdk_text_sink raw{sizeof raw, 0, &context, [](void *p, const tdk_str *first, std::uint64_t count) -> tdk_status {
                              auto &c = *static_cast<Context *>(p);
                              return c.call.offer([&]() -> tdk_status {
                                if (count > kMaxArray || (count > 0 && first == nullptr))
                                  return c.call.refuse("symbols of no sane number");
                                for (std::uint64_t i = 0; i < count; ++i) {
                                  if (!is_name(first[i])) return c.call.refuse("a symbol that cannot be used");
                                  if (const tdk_status s = c.sink(first[i]); s != TDK_OK) return s;
                                }
                                return TDK_OK;
                              });
                            }};
    return table_.tick_symbols(instance_->self(), &raw, self.token(), error);
  });
}

tdk_status TransferPlugin::read_quotes(tdk_str symbol, tdk_range range, const Sink<tdk_kept_quotes> &sink,
                                       const tdk_cancel *cancel) {
  return call_inline(*instance_, "read_quotes", cancel, [&](auto &self, tdk_error *error) {
    struct Context {
      std::remove_reference_t<decltype(self)> &call;
      QuoteIntake intake;
      const Sink<tdk_kept_quotes> &sink;
      std::vector<tdk_quote> quotes{};
    } context{self, QuoteIntake(symbol, range), sink};
    const tdk_kept_quote_sink raw{sizeof raw, 0, &context, [](void *p, const tdk_kept_quotes *kept) -> tdk_status {
                                    auto &c = *static_cast<Context *>(p);
                                    return c.call.offer([&]() -> tdk_status {
                                      if (const char *why = c.intake.check(kept, c.quotes)) return c.call.refuse(why);
                                      return c.sink({sizeof(tdk_kept_quotes), 0, kept->source, kept->source_version,
                                                     c.quotes.data(), c.quotes.size(), sizeof(tdk_quote)});
                                    });
                                  }};
    return table_.read_quotes(instance_->self(), symbol, &range, &raw, self.token(), error);
  });
}

}  // namespace tapedeck
