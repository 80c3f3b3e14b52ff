#include "plugins/examine.hpp"

#include <atomic>
#include <tapedeck/layer/core.hpp>
#include <thread>

#include "base/text.hpp"
#include "plugins/discover.hpp"
#include "plugins/lint.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kAtATime = 2;

CatalogEntry refused(const std::filesystem::path &path, std::string reason) {
  CatalogEntry entry;
  entry.path = path;
  entry.reason = printable(reason, 500);
  return entry;
}

ProbeVerdict verdict_of(const std::filesystem::path &path, const std::string &hash,
                        const CatalogSettings &settings, VerdictCache &cache, Probing probing) {
  const auto key = FileKey::of(path, hash);
  if (probing == Probing::WhenUnknown)
    if (auto known = cache.find(key)) return *known;
  auto verdict = probe_plugin(path, settings.probe);
  if (verdict.certain) cache.put(key, verdict);
  return verdict;
}

CatalogEntry available(const std::filesystem::path &path, const PluginDescriptor &plugin) {
  CatalogEntry entry;
  entry.path = path;
  entry.id = plugin.id;
  entry.name = plugin.name;
  entry.version = plugin.version;
  entry.description = plugin.description;
  entry.interfaces = plugin.interfaces;
  entry.options = plugin.options;
  entry.state = PluginState::Available;
  return entry;
}

std::vector<CatalogEntry> judge(const std::filesystem::path &path, const CatalogSettings &settings,
                                VerdictCache &cache, Probing probing) {
  if (auto why = distrust(path); !why.empty()) return {refused(path, std::move(why))};
  auto lint = lint_plugin(path);
  if (!lint.ok) return {refused(path, std::move(lint.reason))};
  const auto verdict = verdict_of(path, lint.hash, settings, cache, probing);
  auto warnings = std::move(lint.warnings);
  warnings.insert(warnings.end(), verdict.warnings.begin(), verdict.warnings.end());
  std::vector<CatalogEntry> out;
  if (!verdict.ok) {
    out.push_back(refused(path, verdict.reason));
    if (!verdict.module.plugins.empty()) out.back().id = verdict.module.plugins.front().id;
  }
  if (verdict.ok)
    for (const auto &plugin : verdict.module.plugins) out.push_back(available(path, plugin));
  for (auto &entry : out) entry.warnings = warnings;
  return out;
}

}  // namespace

std::vector<CatalogEntry> examine_file(const std::filesystem::path &file,
                                       const CatalogSettings &settings, VerdictCache &cache,
                                       Probing probing) {
  std::error_code error;
  auto path = std::filesystem::canonical(file, error);
  if (error) return {refused(file, "cannot be found: " + error.message())};
  try {
    return judge(path, settings, cache, probing);
  } catch (const std::exception &e) {
    return {refused(path, e.what())};
  }
}

std::vector<std::vector<CatalogEntry>> examine_files(
    const std::vector<std::filesystem::path> &files, const CatalogSettings &settings,
    Probing probing) {
  VerdictCache cache(
      settings.cache_directory, settings.debug ? settings.debug : [](const std::string &) {});
  std::vector<std::vector<CatalogEntry>> out(files.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++)
      out[i] = examine_file(files[i], settings, cache, probing);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(kAtATime, files.size()); ++i) others.emplace_back(work);
  work();
  others.clear();
  cache.save();
  return out;
}

}  // namespace tapedeck
