#include "plugins/module.hpp"

#define BOOST_DLL_USE_STD_FS
#include <dlfcn.h>
#include <link.h>
#include <sys/stat.h>

#include <boost/dll/shared_library.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"
#include "plugins/foreign_struct.hpp"

namespace tapedeck {

struct Module::Library {
  boost::dll::shared_library file;
};

namespace {

[[noreturn]] void refuse(const std::string &why) { throw Error(TDK_INCOMPATIBLE, why); }

// Boost offers no RTLD_NODELETE but hands bits it does not know to dlopen(). Lazy binding would
// turn a missing symbol into a crash in the middle of a call. Only the throwing load() tells the
// reason.
void open_library(boost::dll::shared_library &library, const std::filesystem::path &path) {
  using boost::dll::load_mode::type;
  constexpr auto kMode = boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local |
                         static_cast<type>(RTLD_NODELETE);
  try {
    library.load(path, kMode);
  } catch (const std::exception &e) {
    // "boost::dll::... failed (dlerror system message: PATH: REASON): Bad file descriptor": only
    // the linker's reason tells anything.
    std::string why = e.what();
    const auto reason = why.find(path.string() + ": ");
    if (reason != std::string::npos) {
      why.erase(0, reason + path.string().size() + 2);
      why.resize(std::min(why.rfind("): "), why.size()));
    }
    refuse("cannot be loaded: " + printable(why, 300));
  }
}

tdk_entry_fn own_entry(const boost::dll::shared_library &library) {
  if (!library.has(TDK_ENTRY_NAME)) refuse("has no " TDK_ENTRY_NAME);
  auto *entry = &library.get<const tdk_module *(std::uint32_t)>(TDK_ENTRY_NAME);
  // dlsym() also searches the file's dependencies: an entry found there is somebody else's.
  Dl_info found{};
  link_map *image = nullptr;
  const bool known = dladdr(reinterpret_cast<void *>(entry), &found) != 0 &&
                     dlinfo(library.native(), RTLD_DI_LINKMAP, &image) == 0 && image != nullptr;
  if (!known || reinterpret_cast<ElfW(Addr)>(found.dli_fbase) != image->l_addr)
    refuse(std::string("takes its entry from another library, ") +
           (found.dli_fname != nullptr ? found.dli_fname : "?"));
  return entry;
}

const tdk_module *call_entry(tdk_entry_fn entry) {
  try {
    return entry(TDK_ABI_VERSION);
  } catch (...) {
    refuse("its entry let an exception escape");
  }
}

}  // namespace

Module::Module(std::filesystem::path path, const Announce &announce)
    : path_(std::move(path)), library_(nullptr) {
  auto library = std::make_unique<Library>();
  announce("load");
  open_library(library->file, path_);
  auto *entry = own_entry(library->file);
  announce("entry");
  const tdk_module *table = call_entry(entry);
  announce("describe");
  info_ = describe_module(table);
  create_ = read_struct(table, TAPEDECK_SIZE_TO(tdk_module, create), "the module table").create;
  library_ = library.release();
}

const Module &Module::load(const std::filesystem::path &file) {
  return load(file, [](const char *) {});
}

const Module &Module::load(const std::filesystem::path &file, const Announce &announce) {
  static std::mutex mutex;
  // Never destroyed: threads of a plugin may still run while the process exits.
  static auto &pinned = *new std::map<std::pair<dev_t, ino_t>, std::unique_ptr<Module>>;
  std::error_code error;
  const auto path = std::filesystem::canonical(file, error);
  struct stat st {};
  if (error || ::stat(path.c_str(), &st) != 0)
    throw Error(TDK_IO, "cannot be found: " + file.string());
  std::lock_guard lock(mutex);
  auto &slot = pinned[{st.st_dev, st.st_ino}];
  if (slot == nullptr) slot.reset(new Module(path, announce));
  return *slot;
}

const PluginDescriptor *Module::find(std::string_view id) const {
  for (const auto &plugin : info_.plugins)
    if (plugin.id == id) return &plugin;
  return nullptr;
}

}  // namespace tapedeck
