#include "query/fact_bytes.hpp"

#include <cstring>
#include <type_traits>

namespace tapedeck {
namespace {

constexpr std::uint32_t kVersion = 1;

// One visit() per type lists its fields; the same list writes and reads. Integers are as in memory: every
// platform Tapedeck runs on is little-endian.
class Writer {
 public:
  template <class T>
  requires std::is_integral_v<T>
  void operator()(const T &value) { out_.append(reinterpret_cast<const char *>(&value), sizeof value); }
  void operator()(const std::string &text) {
    (*this)(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  template <class T>
  void operator()(const std::optional<T> &value) {
    (*this)(value.has_value());
    if (value) visit(*this, *value);
  }
  template <class T>
  void operator()(const std::vector<T> &values) {
    (*this)(static_cast<std::uint32_t>(values.size()));
    for (const auto &v : values) visit(*this, v);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  template <class T>
  requires std::is_integral_v<T>
  void operator()(T &value) {
    if (left_.size() < sizeof value) return fail();
    std::memcpy(&value, left_.data(), sizeof value);
    left_.remove_prefix(sizeof value);
  }
  void operator()(bool &value) {
    std::uint8_t byte = 0;
    (*this)(byte);
    if (byte > 1) fail();
    value = byte == 1;
  }
  void operator()(std::string &text) {
    std::uint32_t size = 0;
    (*this)(size);
    if (left_.size() < size) return fail();
    text.assign(left_.substr(0, size));
    left_.remove_prefix(size);
  }
  template <class T>
  void operator()(std::optional<T> &value) {
    bool there = false;
    (*this)(there);
    if (there) visit(*this, value.emplace());
  }
  template <class T>
  void operator()(std::vector<T> &values) {
    std::uint32_t count = 0;
    (*this)(count);
    if (count > left_.size()) return fail();  // no element is smaller than a byte
    for (std::uint32_t i = 0; i < count && !failed_; ++i) visit(*this, values.emplace_back());
  }
  bool whole() const { return !failed_ && left_.empty(); }

 private:
  void fail() {
    failed_ = true;
    left_ = {};
  }
  std::string_view left_;
  bool failed_ = false;
};

template <class V, class T>
requires std::is_integral_v<std::remove_const_t<T>>
void visit(V &v, T &value) { v(value); }

template <class V, class T>
void fields(V &v, T &x, const FactHead *) { v(x.source), v(x.fetched_at); }
template <class V, class T>
void fields(V &v, T &x, const ExactDecimal *) { v(x.mantissa), v(x.exp); }
template <class V, class T>
void fields(V &v, T &x, const QuoteRow *) {
  auto &t = x.tick;
  v(x.symbol), v(t.time), v(t.sequence), v(t.bid), v(t.ask), v(t.last), v(t.bid_size), v(t.ask_size), v(t.last_size);
  v(t.volume), v(t.trades), v(t.price_exp), v(t.size_exp), v(t.volume_exp), v(t.flags);
}
template <class V, class T>
void fields(V &v, T &x, const SymbolInfo *) {
  v(x.symbol), v(x.vendor_symbol), v(x.status), v(x.asset_class), v(x.name), v(x.exchange), v(x.currency);
  v(x.country), v(x.isin), v(x.price_exp), v(x.earliest), v(x.source), v(x.fetched_at);
}
template <class V, class T>
void fields(V &v, T &x, const EconomicEvent *) {
  v(x.time), v(x.importance), v(x.id), v(x.title), v(x.country), v(x.currency), v(x.unit), v(x.actual);
  v(x.forecast), v(x.previous), v(x.source), v(x.fetched_at);
}
template <class V, class T>
requires std::is_class_v<std::remove_const_t<T>>
void visit(V &v, T &value) { fields(v, value, static_cast<const std::remove_const_t<T> *>(nullptr)); }

template <class T>
std::string write(char kind, const FactHead &head, const T &fact) {
  Writer out;
  out(kind);
  out(kVersion);
  visit(out, head);
  if constexpr (requires { out(fact); }) out(fact);
  else visit(out, fact);
  return out.take();
}

template <class T>
bool read(char kind, std::string_view bytes, FactHead &head, T &fact) {
  Reader in(bytes);
  char of = 0;
  std::uint32_t version = 0;
  in(of);
  in(version);
  if (of != kind || version != kVersion) return false;
  visit(in, head);
  fact = {};
  if constexpr (requires { in(fact); }) in(fact);
  else visit(in, fact);
  return in.whole();
}

}  // namespace

std::string bytes_of(const FactHead &head, const QuoteRow &quote) { return write('q', head, quote); }
std::string bytes_of(const FactHead &head, const std::vector<SymbolInfo> &symbols) { return write('s', head, symbols); }
std::string bytes_of(const FactHead &head, const std::vector<EconomicEvent> &events) { return write('e', head, events); }
std::string bytes_of(const FactHead &head, Nanos earliest) { return write('f', head, earliest); }

bool read_bytes(std::string_view bytes, FactHead &head, QuoteRow &quote) { return read('q', bytes, head, quote); }
bool read_bytes(std::string_view bytes, FactHead &head, std::vector<SymbolInfo> &symbols) {
  return read('s', bytes, head, symbols);
}
bool read_bytes(std::string_view bytes, FactHead &head, std::vector<EconomicEvent> &events) {
  return read('e', bytes, head, events);
}
bool read_bytes(std::string_view bytes, FactHead &head, Nanos &earliest) { return read('f', bytes, head, earliest); }

}  // namespace tapedeck
