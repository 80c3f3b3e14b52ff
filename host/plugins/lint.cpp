#include "plugins/lint.hpp"

#include <tapedeck/abi.h>

#include <algorithm>
#include <string_view>
#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"
#include "plugins/elf_file.hpp"

namespace tapedeck {
namespace {

constexpr std::string_view kEntryStem = "tdk_plugin_entry_v";

[[noreturn]] void refuse(const std::string &why) { throw Error(TDK_INCOMPATIBLE, why); }

bool is_entry(std::string_view name) { return name.substr(0, kEntryStem.size()) == kEntryStem; }

void require_entry(const std::vector<std::string> &exports) {
  if (std::find(exports.begin(), exports.end(), TDK_ENTRY_NAME) != exports.end()) return;
  const auto other = std::find_if(exports.begin(), exports.end(), is_entry);
  if (other == exports.end())
    refuse("does not export " TDK_ENTRY_NAME ": it is no Tapedeck plugin");
  refuse("wants plugin ABI major " + printable(other->substr(kEntryStem.size()), 20) +
         "; this host offers major " + std::to_string(TDK_ABI_MAJOR));
}

// Two C++ runtimes in one process break exceptions across threads, and only there: tests pass.
void refuse_second_runtime(const std::vector<std::string> &needed) {
  for (const auto &name : needed)
    if (name.rfind("libc++.so", 0) == 0 || name.rfind("libc++abi.so", 0) == 0)
      refuse("needs " + printable(name, 40) + ": link libc++ statically (-static-libstdc++)");
}

void warn(const ElfFacts &facts, std::vector<std::string> &warnings) {
  const auto foreign = [](const std::string &name) { return !is_entry(name); };
  const auto n = std::count_if(facts.exports.begin(), facts.exports.end(), foreign);
  if (n > 0) {
    const auto first = std::find_if(facts.exports.begin(), facts.exports.end(), foreign);
    warnings.push_back("exports " + std::to_string(n) + " symbols besides its entry, such as " +
                       printable(*first, 60) + ": link with the SDK's version script");
  }
  if (!facts.run_path.empty())
    warnings.push_back("has a run path: " + printable(facts.run_path, 80));
}

void judge(const ElfFacts &facts, LintReport &report) {
  if (facts.is_program) refuse("is a program, no plugin");
  require_entry(facts.exports);
  refuse_second_runtime(facts.needed);
  if (facts.text_relocations) refuse("has text relocations: compile it with -fPIC");
  if (facts.executable_stack) refuse("asks for an executable stack: link it with -z noexecstack");
  warn(facts, report.warnings);
}

}  // namespace

LintReport lint_plugin(const std::filesystem::path &path) {
  LintReport report;
  try {
    const ByteFile file(path);
    report.hash = file.hash();
    const ElfFacts facts = read_elf(file);
    report.needed = facts.needed;
    judge(facts, report);
    report.ok = true;
  } catch (const Error &e) {
    report.reason = e.what();
  }
  return report;
}

}  // namespace tapedeck
