#include "plugins/elf_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kMaxTable = std::uint64_t{64}
                                    << 20;  // bytes of one table we are ready to hold
constexpr std::size_t kMaxName = 4096;

[[noreturn]] void refuse(const std::string &why) { throw Error(TDK_INCOMPATIBLE, why); }

class Reader {
 public:
  explicit Reader(const ByteFile &file) : file_(file) {}

  ElfFacts facts() {
    read_header();
    segments_ = table<Elf64_Phdr>(header_.e_phoff, header_.e_phnum, "segment table");
    sections_ = table<Elf64_Shdr>(header_.e_shoff, header_.e_shnum, "section table");
    for (const auto &s : segments_)
      if (s.p_type != PT_NULL) inside(s.p_offset, s.p_filesz, "a segment");
    for (const auto &s : sections_)
      if (s.sh_type != SHT_NULL && s.sh_type != SHT_NOBITS)
        inside(s.sh_offset, s.sh_size, "a section");
    read_segments();
    read_dynamic();
    read_exports();
    return facts_;
  }

 private:
  void inside(std::uint64_t offset, std::uint64_t size, const char *what) const {
    if (offset > file_.size() || size > file_.size() - offset)
      refuse(std::string(what) + " lies outside the file: it is truncated or damaged");
  }

  template <class T>
  std::vector<T> table(std::uint64_t offset, std::uint64_t count, const char *what) const {
    if (count > kMaxTable / sizeof(T)) refuse(std::string(what) + " is too large");
    inside(offset, count * sizeof(T), what);
    std::vector<T> rows(count);
    if (count > 0 && !file_.read(offset, rows.data(), count * sizeof(T)))
      refuse(std::string(what) + " cannot be read");
    return rows;
  }

  void read_header() {
    if (file_.size() == 0) refuse("is empty");
    const auto n = std::min<std::uint64_t>(sizeof header_, file_.size());
    if (!file_.read(0, &header_, n)) refuse("cannot be read");
    if (n < SELFMAG || std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) refuse("is no ELF file");
    if (n > EI_DATA && header_.e_ident[EI_CLASS] == ELFCLASS32)
      refuse("is a 32-bit library; this host is 64-bit");
    if (n < sizeof header_) refuse("ends within its header: it is truncated");
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB)
      refuse("is no 64-bit little-endian ELF file");
    if (header_.e_machine != EM_X86_64)
      refuse("is for machine " + std::to_string(header_.e_machine) + "; this host is x86-64");
    if (header_.e_type != ET_DYN) refuse("is no shared library");
    if (header_.e_phentsize != sizeof(Elf64_Phdr) ||
        (header_.e_shnum != 0 && header_.e_shentsize != sizeof(Elf64_Shdr)))
      refuse("has tables of an unknown shape");
  }

  void read_segments() {
    for (const auto &s : segments_) {
      if (s.p_type == PT_GNU_STACK) facts_.executable_stack = (s.p_flags & PF_X) != 0;
      if (s.p_type == PT_INTERP) facts_.is_program = true;
      if (s.p_type == PT_DYNAMIC)
        dynamic_ = table<Elf64_Dyn>(s.p_offset, s.p_filesz / sizeof(Elf64_Dyn), "dynamic section");
    }
    if (dynamic_.empty()) refuse("has no dynamic section");
    const auto end = std::find_if(dynamic_.begin(), dynamic_.end(),
                                  [](const Elf64_Dyn &d) { return d.d_tag == DT_NULL; });
    dynamic_.erase(end, dynamic_.end());
  }

  void read_dynamic() {
    load_strings();
    for (const auto &d : dynamic_) {
      switch (d.d_tag) {
        case DT_NEEDED:
          facts_.needed.push_back(text(strings_, d.d_un.d_val));
          break;
        case DT_RPATH:
        case DT_RUNPATH:
          facts_.run_path = text(strings_, d.d_un.d_val);
          break;
        case DT_TEXTREL:
          facts_.text_relocations = true;
          break;
        case DT_FLAGS:
          facts_.text_relocations |= (d.d_un.d_val & DF_TEXTREL) != 0;
          break;
        case DT_FLAGS_1:
          facts_.is_program |= (d.d_un.d_val & DF_1_PIE) != 0;
          break;
        default:
          break;
      }
    }
  }

  void load_strings() {
    std::uint64_t address = 0, size = 0;
    for (const auto &d : dynamic_) {
      if (d.d_tag == DT_STRTAB) address = d.d_un.d_ptr;
      if (d.d_tag == DT_STRSZ) size = d.d_un.d_val;
    }
    strings_ = table<char>(file_offset(address), size, "string table");
  }

  std::uint64_t file_offset(std::uint64_t address) const {
    for (const auto &s : segments_)
      if (s.p_type == PT_LOAD && address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz)
        return s.p_offset + (address - s.p_vaddr);
    refuse("has a string table outside its segments");
  }

  static std::string text(const std::vector<char> &strings, std::uint64_t at) {
    if (at >= strings.size()) refuse("has a name outside its string table");
    const std::size_t n = strnlen(&strings[at], std::min(kMaxName, strings.size() - at));
    return {&strings[at], n};
  }

  void read_exports() {
    for (const auto &section : sections_) {
      if (section.sh_type != SHT_DYNSYM) continue;
      if (section.sh_link >= sections_.size()) refuse("has symbols without names");
      const auto &names = sections_[section.sh_link];
      const auto strings = table<char>(names.sh_offset, names.sh_size, "symbol names");
      for (const auto &symbol :
           table<Elf64_Sym>(section.sh_offset, section.sh_size / sizeof(Elf64_Sym), "symbols"))
        if (symbol.st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) != STB_LOCAL)
          facts_.exports.push_back(text(strings, symbol.st_name));
      return;
    }
    refuse("has no dynamic symbols (was it stripped of its section table?)");
  }

  const ByteFile &file_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Shdr> sections_;
  std::vector<Elf64_Dyn> dynamic_;
  std::vector<char> strings_;
  ElfFacts facts_;
};

}  // namespace

ByteFile::ByteFile(const std::filesystem::path &path)
    // O_NONBLOCK: opening a FIFO must not wait for somebody to write into it.
    : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {
  struct stat st {};
  if (fd_ < 0 || fstat(fd_, &st) != 0) {
    const std::string why = std::generic_category().message(errno);
    if (fd_ >= 0) close(fd_);
    throw Error(TDK_IO, "cannot be opened: " + why);
  }
  if (!S_ISREG(st.st_mode)) {
    close(fd_);
    throw Error(TDK_IO, "is no regular file");
  }
  size_ = static_cast<std::uint64_t>(st.st_size);
}

ByteFile::~ByteFile() { close(fd_); }

bool ByteFile::read(std::uint64_t offset, void *to, std::uint64_t size) const {
  auto *target = static_cast<char *>(to);
  while (size > 0) {
    const ssize_t n = pread(fd_, target, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    target += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::uint64_t>(n);
  }
  return true;
}

std::string ByteFile::hash() const {
  constexpr std::uint64_t kPrime = 0x100000001b3, kBasis = 0xcbf29ce484222325;
  std::array<std::uint64_t, 8192> words;
  std::uint64_t h = kBasis ^ size_;
  for (std::uint64_t at = 0; at < size_; at += sizeof words) {
    const auto n = std::min<std::uint64_t>(sizeof words, size_ - at);
    words.fill(0);
    if (!read(at, words.data(), n)) throw Error(TDK_IO, "changed while it was read");
    for (std::uint64_t i = 0; i < (n + 7) / 8; ++i) h = (h ^ words[i]) * kPrime;
  }
  char hex[17];
  std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(h));
  return hex;
}

ElfFacts read_elf(const ByteFile &file) { return Reader(file).facts(); }

}  // namespace tapedeck
