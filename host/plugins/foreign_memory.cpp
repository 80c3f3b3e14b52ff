#include "plugins/foreign_memory.hpp"

#include <fcntl.h>
#include <link.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "base/text.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kPage = 4096;

// The kernel copies for us and answers EFAULT where we would get SIGSEGV. Raw system calls, because
// the sanitizers' wrappers of write() look at the bytes themselves.
class CopyPipe {
 public:
  CopyPipe() {
    if (pipe2(fd_, O_CLOEXEC | O_NONBLOCK) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe");
  }
  ~CopyPipe() {
    close(fd_[0]);
    close(fd_[1]);
  }
  CopyPipe(const CopyPipe &) = delete;
  CopyPipe &operator=(const CopyPipe &) = delete;

  bool copy(const char *from, char *to, std::size_t size) {
    const auto n = static_cast<long>(size);
    return syscall(SYS_write, fd_[1], from, size) == n && read(fd_[0], to, size) == n;
  }

 private:
  int fd_[2] = {-1, -1};
};

std::size_t bytes_to_page_end(const char *p) {
  return kPage - reinterpret_cast<std::uintptr_t>(p) % kPage;
}

struct CodeSearch {
  std::uintptr_t address;
  bool found = false;
};

int look_in_image(dl_phdr_info *image, std::size_t, void *context) {
  auto &search = *static_cast<CodeSearch *>(context);
  for (int i = 0; i < image->dlpi_phnum && !search.found; ++i) {
    const auto &segment = image->dlpi_phdr[i];
    const std::uintptr_t start = image->dlpi_addr + segment.p_vaddr;
    search.found = segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 &&
                   search.address >= start && search.address - start < segment.p_memsz;
  }
  return search.found ? 1 : 0;
}

}  // namespace

bool read_foreign(const void *from, void *to, std::size_t size) {
  thread_local CopyPipe pipe;
  auto *source = static_cast<const char *>(from);
  auto *target = static_cast<char *>(to);
  while (size > 0) {
    const std::size_t n = std::min(size, bytes_to_page_end(source));
    if (!pipe.copy(source, target, n)) return false;
    source += n;
    target += n;
    size -= n;
  }
  return true;
}

std::optional<std::string> read_foreign_text(const char *from, std::size_t limit) {
  std::string text;
  while (from != nullptr && text.size() <= limit) {
    char chunk[kPage];
    const std::size_t n = std::min(limit + 1 - text.size(), bytes_to_page_end(from));
    if (n == 0 || !read_foreign(from, chunk, n)) return std::nullopt;
    char *const end = std::find(chunk, chunk + n, '\0');
    text.append(chunk, end);
    if (end != chunk + n) return printable(text, limit);
    from += n;
  }
  return std::nullopt;
}

bool is_code(const void *address) {
  CodeSearch search{reinterpret_cast<std::uintptr_t>(address)};
  dl_iterate_phdr(&look_in_image, &search);
  return search.found;
}

}  // namespace tapedeck
