// Reads an ELF file without running or mapping any of it: every offset is checked against the file,
// so a truncated or hostile one yields an error, never a crash.
#pragma once

#include <elf.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tapedeck {

// A regular file, opened once and read by position. Threads: any, one at a time.
class ByteFile {
 public:
  explicit ByteFile(const std::filesystem::path &path);  // throws Error(TDK_IO)
  ~ByteFile();
  ByteFile(const ByteFile &) = delete;
  ByteFile &operator=(const ByteFile &) = delete;

  std::uint64_t size() const { return size_; }
  // False when the file has no such bytes.
  bool read(std::uint64_t offset, void *to, std::uint64_t size) const;
  // FNV-1a taken eight bytes at a time, as 16 hex digits: tells that a file changed, no more.
  std::string hash() const;

 private:
  int fd_;
  std::uint64_t size_ = 0;
};

// What a loader needs to know of a 64-bit little-endian x86-64 shared library.
struct ElfFacts {
  bool executable_stack = true;  // glibc's reading of a file that does not say
  bool text_relocations = false;
  bool is_program = false;
  std::vector<std::string> needed;
  std::string run_path;
  std::vector<std::string> exports;  // defined global and weak dynamic symbols
};

// Throws Error(TDK_INCOMPATIBLE, why) for anything that is no loadable library of this machine.
ElfFacts read_elf(const ByteFile &file);

}  // namespace tapedeck
