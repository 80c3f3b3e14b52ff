// Strings, spans, the one exception type, and the guard that turns exceptions into statuses.
#pragma once

#include <tapedeck/abi.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#if defined(__cpp_lib_span) || (__cplusplus >= 202002L && __has_include(<span>))
#include <span>
#endif

namespace tapedeck {
inline namespace v1 {

inline std::string_view sv(tdk_str s) noexcept {
  return {s.data ? s.data : "", s.data ? static_cast<std::size_t>(s.size) : 0};
}
inline tdk_str str(std::string_view s) noexcept { return {s.data(), s.size()}; }

#ifdef __cpp_lib_span
template <class T>
using span = std::span<T>;
#else
template <class T>
class span {  // C++17 stand-in
 public:
  span() = default;
  span(T *p, std::size_t n) : p_(p), n_(n) {}
  template <class V, class = decltype(std::declval<V &>().data())>
  span(V &&v) : p_(v.data()), n_(v.size()) {}
  T *begin() const { return p_; }
  T *end() const { return p_ + n_; }
  T *data() const { return p_; }
  std::size_t size() const { return n_; }
  bool empty() const { return n_ == 0; }
  T &operator[](std::size_t i) const { return p_[i]; }

 private:
  T *p_ = nullptr;
  std::size_t n_ = 0;
};
#endif

// What was not asked for happened. `code` decides what the host does next (retry, wait, give up);
// `what()` reads: doing what, on what: what happened; what to do. At most 487 bytes cross the ABI.
class Error : public std::exception {
 public:
  Error(tdk_status code, std::string what, std::int64_t retry_after_ms = 0, int upstream = 0)
      : code_(code), upstream_(upstream), retry_(retry_after_ms), what_(std::move(what)) {}
  const char *what() const noexcept override { return what_.c_str(); }
  tdk_status code() const noexcept { return code_; }
  std::int64_t retry_after_ms() const noexcept { return retry_; }  // <= 0: unknown
  int upstream() const noexcept { return upstream_; }              // e.g. the HTTP status, 0: none

 private:
  tdk_status code_;
  int upstream_;
  std::int64_t retry_;
  std::string what_;
};

namespace detail {
inline tdk_status fail(tdk_error *e, tdk_status code, std::string_view msg, std::int64_t retry = 0,
                       int upstream = 0) noexcept {
  if (TDK_HAS(e, message)) {
    e->code = code;
    e->retry_after_ms = retry;
    e->upstream_code = upstream;
    std::size_t n = msg.size() < sizeof e->message - 1 ? msg.size() : sizeof e->message - 1;
    std::memcpy(e->message, msg.data(), n);
    e->message[n] = 0;
  }
  return code;
}

// The only way out of a plugin: turns every exception into a status.
template <class F>
tdk_status guard(tdk_error *err, F &&f) noexcept {
  try {
    return f();
  } catch (const Error &e) {
    return fail(err, e.code(), e.what(), e.retry_after_ms(), e.upstream());
  } catch (const std::bad_alloc &) {
    return fail(err, TDK_OUT_OF_MEMORY, "out of memory");
  } catch (const std::invalid_argument &e) {
    return fail(err, TDK_INVALID_ARGUMENT, e.what());
  } catch (const std::exception &e) {
    return fail(err, TDK_INTERNAL, e.what());
  } catch (...) {
    return fail(err, TDK_INTERNAL, "unknown exception");
  }
}

// A status that came back from the host, as an exception, to unwind the plugin's own frames.
[[noreturn]] inline void raise(tdk_status s, const tdk_error *e = nullptr) {
  if (e && e->message[0]) throw Error(s, e->message, e->retry_after_ms, e->upstream_code);
  throw Error(s, s == TDK_CANCELLED ? "cancelled"
                 : s == TDK_TIMEOUT ? "timed out"
                 : s == TDK_STOP    ? "stopped"
                                    : "refused by the host");
}
inline void raise_unless_ok(tdk_status s, const tdk_error *e = nullptr) {
  if (s != TDK_OK) raise(s, e);
}
inline tdk_error fresh() noexcept {
  tdk_error e{};
  e.struct_size = sizeof e;
  return e;
}

// Element i of an array of growing structs.
template <class T>
const T &at(const T *first, std::uint64_t i, std::uint64_t stride) noexcept {
  return *reinterpret_cast<const T *>(reinterpret_cast<const char *>(first) + i * stride);
}
}  // namespace detail

}  // namespace v1
}  // namespace tapedeck
