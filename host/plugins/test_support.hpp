// What the loader's tests share: a folder that goes away, and a host without services.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <tapedeck/layer/core.hpp>

#include "base/clock.hpp"

namespace tapedeck::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tapedeck.XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  const std::filesystem::path &path() const { return path_; }
  std::filesystem::path write(const std::string &name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }
  // A copy, by rename so that an image that is mapped already is never written into.
  std::filesystem::path copy(const std::filesystem::path &from, const std::string &name) const {
    std::filesystem::copy_file(from, path_ / (name + ".new"));
    std::filesystem::rename(path_ / (name + ".new"), path_ / name);
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::filesystem::path &file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Real clocks, and one service of its own: "test.release", there once release() was called.
class BareHost {
 public:
  static std::shared_ptr<BareHost> make() { return std::shared_ptr<BareHost>(new BareHost); }
  static std::shared_ptr<const tdk_host> view(const std::shared_ptr<BareHost> &host) {
    return {host, &host->table_};
  }
  void release() { released_ = true; }
  bool was_slept_on() const { return slept_; }

 private:
  BareHost() {
    table_.struct_size = sizeof table_;
    table_.abi_version = TDK_ABI_VERSION;
    table_.ctx = this;
    table_.name = "test";
    table_.version = "0";
    table_.get_interface = [](const tdk_host *self, const char *iid) -> const void * {
      auto &host = *static_cast<BareHost *>(self->ctx);
      return std::string_view(iid) == "test.release" && host.released_ ? self : nullptr;
    };
    table_.now_ns = [](const tdk_host *) { return system_clock().now_ns(); };
    table_.monotonic_ns = [](const tdk_host *) { return system_clock().monotonic_ns(); };
    table_.sleep_ns = [](const tdk_host *self, std::int64_t ns, const tdk_cancel *cancel) {
      static_cast<BareHost *>(self->ctx)->slept_ = true;
      return system_clock().sleep_ns(ns, cancel);
    };
  }
  tdk_host table_{};
  std::atomic<bool> released_{false}, slept_{false};
};

// What `f` throws, for tests that look at status and text.
template <class F>
Error error_of(F &&f) {
  try {
    f();
  } catch (const Error &e) {
    return e;
  }
  return Error(TDK_OK, "nothing was thrown");
}

}  // namespace tapedeck::test
