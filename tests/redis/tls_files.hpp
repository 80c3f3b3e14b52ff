// A certificate of one host and its key, as PEM files; it is its own CA.
#pragma once

#include <filesystem>
#include <string>

namespace tapedeck::testing_redis {

// Lifecycle: the files go with the object. Threads: one at a time.
class TlsFiles {
 public:
  // A name, or an address of version 4.
  explicit TlsFiles(const std::string &host);
  ~TlsFiles();
  TlsFiles(const TlsFiles &) = delete;
  TlsFiles &operator=(const TlsFiles &) = delete;

  std::string certificate() const { return (directory_ / "cert.pem").string(); }
  std::string key() const { return (directory_ / "key.pem").string(); }

 private:
  std::filesystem::path directory_;
};

}  // namespace tapedeck::testing_redis
