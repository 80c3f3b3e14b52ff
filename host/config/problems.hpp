// Helpers of this folder for collecting problems in one voice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tapedeck {

void add_problem(std::vector<Problem> &problems, const Location &at, std::string message);
void add_warning(std::vector<Problem> &problems, const Location &at, std::string message);

// A stranger's text in single quotes, printable and cut to a readable length.
std::string quoted(std::string_view text);

// Also of a file that has comments only.
inline constexpr const char *kEmptyFile = "is empty; a configuration starts with 'version: 1'";

// "; did you mean 'symbols'?", or nothing when no name is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string> &names);

// The same, but with all the names ("; one of 1m, 5m") when none is near and there are few.
std::string did_you_mean_or_list(std::string_view word, const std::vector<std::string> &names);

// In the order of `files`, then by line and column; what was said twice of one place is said once.
void sort_problems(std::vector<Problem> &problems, const std::vector<std::string> &files);

// True when one of them is more than a warning.
bool has_errors(const std::vector<Problem> &problems);

// "file:line:column" of an earlier place, for "already defined at ...".
std::string place(const Location &at);

}  // namespace tapedeck
