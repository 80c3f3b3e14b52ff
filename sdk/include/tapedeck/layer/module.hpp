// Descriptors, options, instances and the exported entry.
#pragma once

#include <tapedeck/layer/cache.hpp>
#include <tapedeck/layer/drafts.hpp>
#include <tapedeck/layer/eventsink.hpp>
#include <tapedeck/layer/outbox.hpp>
#include <tapedeck/layer/provider.hpp>
#include <tapedeck/layer/storage.hpp>
#include <tapedeck/layer/transfer.hpp>

#include <memory>

namespace tapedeck {
inline namespace v1 {
namespace detail {

TDK_DETECT(health, health());
#undef TDK_DETECT

template <class T>
struct Instance {
  static const void *TDK_CALL get_interface(void *, const char *iid) noexcept {
    if constexpr (ProviderTable<T>::offered)
      if (!std::strcmp(iid, TDK_IID_PROVIDER)) return ProviderTable<T>::get();
    if constexpr (StorageTable<T>::offered)
      if (!std::strcmp(iid, TDK_IID_STORAGE)) return StorageTable<T>::get();
    if constexpr (OutboxTable<T>::offered)
      if (!std::strcmp(iid, TDK_IID_OUTBOX)) return OutboxTable<T>::get();
    if constexpr (TransferTable<T>::offered)
      if (!std::strcmp(iid, TDK_IID_TRANSFER)) return TransferTable<T>::get();
    if constexpr (CacheTable<T>::offered)
      if (!std::strcmp(iid, TDK_IID_CACHE)) return CacheTable<T>::get();
    if constexpr (SharedBudgetTable<T>::offered)
      if (!std::strcmp(iid, TDK_IID_SHARED_BUDGET)) return SharedBudgetTable<T>::get();
    if constexpr (QualityTable<T>::offered)
      if (!std::strcmp(iid, TDK_IID_QUALITY)) return QualityTable<T>::get();
    if constexpr (EventSinkTable<T>::offered)
      if (!std::strcmp(iid, TDK_IID_EVENTSINK)) return EventSinkTable<T>::get();
    (void)iid;
    return nullptr;
  }
  static tdk_status create(const tdk_host *host, const tdk_kv *kv, std::uint64_t n, tdk_plugin *out,
                           tdk_error *err) noexcept {
    return guard(err, [&] {
      if (!TDK_HAS(out, destroy)) throw Error(TDK_INCOMPATIBLE, "tdk_plugin is too small");
      auto p = std::make_unique<T>(Host(host), Config(kv, n));
      out->get_interface = &get_interface;
      if constexpr (has<T, health_op>::value)
        out->health = [](void *self, tdk_error *e) -> tdk_status {
          return guard(e, [&] {
            static_cast<T *>(self)->health();
            return TDK_OK;
          });
        };
      out->destroy = [](void *self) {
        guard(nullptr, [&] {
          delete static_cast<T *>(self);
          return TDK_OK;
        });
      };
      out->self = p.release();
      return TDK_OK;
    });
  }
};

template <class... Ts>
struct Module {
  static const tdk_module *get() noexcept {
    static const tdk_descriptor *const list[] = {&Ts::descriptor..., nullptr};
    static const tdk_module m = {sizeof(tdk_module), TDK_ABI_VERSION, sdk(), list, &create};
    return &m;
  }

 private:
  static constexpr const char *sdk() {
#ifdef __clang__
    return "tapedeck-c++ 1.0, clang " __clang_version__;
#else
    return "tapedeck-c++ 1.0, gcc " __VERSION__;
#endif
  }
  static tdk_status TDK_CALL create(const tdk_host *host, const char *id, const tdk_kv *kv,
                                    std::uint64_t n, tdk_plugin *out, tdk_error *err) {
    tdk_status s = TDK_NOT_FOUND;
    bool found = ((std::strcmp(id, Ts::descriptor.id) == 0 &&
                   (s = Instance<Ts>::create(host, kv, n, out, err), true)) ||
                  ...);
    return found ? s : fail(err, TDK_NOT_FOUND, "no such plugin in this module");
  }
};

}  // namespace detail

inline constexpr const char *provider_iids[] = {TDK_IID_PROVIDER, nullptr};
inline constexpr const char *storage_iids[] = {TDK_IID_STORAGE, nullptr};
inline constexpr const char *cache_iids[] = {TDK_IID_CACHE, nullptr};
inline constexpr const char *quality_iids[] = {TDK_IID_QUALITY, nullptr};
inline constexpr const char *eventsink_iids[] = {TDK_IID_EVENTSINK, nullptr};

// What the host reads of a plugin without creating it. Fields left empty here (vendor, license, url,
// description) may be set on the result.
constexpr tdk_descriptor describe(const char *id, const char *name, const char *version,
                                  const char *const *iids, const tdk_option *opts, std::uint64_t n,
                                  std::uint32_t flags = 0) {
  return {sizeof(tdk_descriptor), 0,  id, name,  version, "",   "", "",
          "",                     iids, flags, 0, opts,    n, sizeof(tdk_option)};
}
constexpr tdk_descriptor describe(const char *id, const char *name, const char *version,
                                  const char *const *iids) {
  return describe(id, name, version, iids, nullptr, 0);
}
// No other overload may take an array with fewer arguments: an array would rather become a pointer
// there than be counted here.
template <std::size_t N>
constexpr tdk_descriptor describe(const char *id, const char *name, const char *version,
                                  const char *const *iids, const tdk_option (&opts)[N],
                                  std::uint32_t flags = 0) {
  return describe(id, name, version, iids, opts, N, flags);
}
// `choices`: "a|b|c", the only values allowed; NULL: any of the type.
constexpr tdk_option option(const char *key, std::uint32_t type, const char *def, const char *help,
                            std::uint32_t flags = 0, const char *choices = nullptr) {
  return {sizeof(tdk_option), type, flags, 0, key, def, help, choices};
}

}  // namespace v1
}  // namespace tapedeck

#define TDK_PLUGINS(...)                                                                \
  extern "C" TDK_EXPORT const tdk_module *TDK_CALL tdk_plugin_entry_v1(std::uint32_t) { \
    return ::tapedeck::detail::Module<__VA_ARGS__>::get();                              \
  }
