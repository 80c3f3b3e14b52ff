#include "plugins/probe_child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"
#include "plugins/call.hpp"
#include "plugins/foreign_memory.hpp"
#include "plugins/module.hpp"
#include "plugins/options.hpp"
#include "plugins/probe_host.hpp"
#include "plugins/probe_report.hpp"
#include "plugins/smoke_test.hpp"

namespace tapedeck {
namespace {

constexpr int kHighFd = 100;  // out of the way of plugins that close descriptors they do not own
constexpr rlim_t kCpuSeconds = 10;
[[maybe_unused]] constexpr rlim_t kAddressSpace = rlim_t{8} << 30;

[[noreturn]] void refuse(const std::string &why) { throw Error(TDK_INCOMPATIBLE, why); }

void limit(decltype(RLIMIT_CPU) resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(resource, &both);  // where it is refused, the parent's clock still holds
}

void confine() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, kCpuSeconds);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  limit(RLIMIT_AS, kAddressSpace);  // the sanitizers reserve terabytes
#endif
}

int report_descriptor() {
  const int given = fcntl(kProbeReportFd, F_GETFD) >= 0 ? kProbeReportFd : STDOUT_FILENO;
  const int fd = fcntl(given, F_DUPFD_CLOEXEC, kHighFd);
  if (given == kProbeReportFd) close(given);
  return fd;
}

// A storage opens the operator's files, whatever its options; others may be made when no option is
// needed; a provider does not touch anything without being asked.
bool may_create(const PluginDescriptor &plugin) {
  if (plugin.offers(TDK_IID_STORAGE)) return false;
  if (plugin.offers(TDK_IID_PROVIDER)) return true;
  for (const auto &option : plugin.options)
    if (is_required(option)) return false;
  return true;
}

// Nothing when create() refused for a reason of its own: sample options need not please it.
std::optional<tdk_plugin> create(const Module &module, const PluginDescriptor &plugin,
                                 ProbeReporter &reporter) {
  reporter.enter("create");
  const auto options = sample_options(plugin);
  std::vector<tdk_kv> views;
  for (const auto &[key, value] : options) views.push_back({str(key), str(value)});
  tdk_plugin made{};
  made.struct_size = sizeof made;
  const auto outcome = enter_plugin([&](tdk_error *error) {
    return module.create()(&probe_host(), plugin.id.c_str(), views.data(), views.size(), &made,
                           error);
  });
  if (outcome.status == TDK_INTERNAL) refuse("create: " + outcome.message);
  if (outcome.status != TDK_OK) {
    reporter.warn(plugin.id + " was not tried out, create with sample options said: " +
                  std::string(status_name(outcome.status)) + ": " + outcome.message);
    return std::nullopt;
  }
  if (!is_code(made.destroy)) refuse("create left destroy unset");
  if (!is_code(made.get_interface)) refuse("create left get_interface unset");
  return made;
}

void require_interfaces(const tdk_plugin &made, const PluginDescriptor &plugin,
                        ProbeReporter &reporter) {
  reporter.enter("get_interface");
  for (const auto &iid : plugin.interfaces)
    if (made.get_interface(made.self, iid.c_str()) == nullptr)
      refuse(plugin.id + " lists " + iid + " but does not offer it");
}

void try_out(const Module &module, const PluginDescriptor &plugin, ProbeReporter &reporter) {
  if (!may_create(plugin)) return;
  const auto made = create(module, plugin, reporter);
  if (!made) return;
  require_interfaces(*made, plugin, reporter);
  if (plugin.offers(TDK_IID_PROVIDER)) smoke_test_provider(*made, reporter);
  reporter.enter("destroy");
  made->destroy(made->self);
}

void probe(const std::string &file, ProbeReporter &reporter) {
  const auto &module =
      Module::load(file, [&reporter](const char *stage) { reporter.enter(stage); });
  reporter.module(module.info());
  for (const auto &plugin : module.info().plugins) try_out(module, plugin, reporter);
  reporter.pass();
}

}  // namespace

int probe_child_main(const std::string &file) {
  confine();
  ProbeReporter reporter(report_descriptor());
  try {
    probe(file, reporter);
  } catch (const std::exception &e) {
    reporter.refuse(e.what());
  } catch (...) {
    reporter.refuse("let an exception escape");
  }
  _exit(0);
}

}  // namespace tapedeck
