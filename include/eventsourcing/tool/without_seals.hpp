// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_WITHOUT_SEALS_HPP
#define EVENTSOURCING_TOOL_WITHOUT_SEALS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/codec/json_string.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing::detail::tool {

/// A text of JSON from one token to the next.
class JsonTokens {
public:
    explicit JsonTokens(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

    bool take(char c) {
        at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
        if (at_ == text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }
    /// Takes a string; `content` is what is between its quotes.
    bool string(std::string_view& content) {
        if (!take('"'))
            return false;
        const std::size_t begin = at_;
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\')
                ++at_;
        if (at_ >= text_.size())
            return false;
        content = text_.substr(begin, at_ - begin);
        ++at_;
        return true;
    }
    [[nodiscard]] std::size_t at() const { return at_; }

private:
    std::string_view text_;
    std::size_t at_;
};

std::string without_seals(std::string_view json);

/// A string of JSON with its quotes. Its text may be JSON once more, as in the steps of a process.
inline std::string string_without_seals(std::string_view quoted) {
    if (quoted.find('\\') == quoted.npos) // JSON in it has quotes, which are escaped
        return std::string(quoted);
    JsonScanner scanner(quoted);
    JsonString string{};
    if (!scanner.string(string, "a string"))
        return R"("...")"; // nobody knows what is in it
    std::string text;
    string.copy_to(text);
    const std::string shown = without_seals(text);
    std::string out;
    if (shown == text || !encode_json_to(out, shown))
        return std::string(quoted);
    return out;
}

/// JSON in which the bytes of each sealed value are replaced by `...`, also of those in strings:
/// nothing is shown that a key would have to open. `Personal` writes them as
/// `{"subject":"person:42","sealed":"..."}`.
inline std::string without_seals(std::string_view json) {
    std::string out;
    std::size_t copied = 0;
    const auto replace = [&](std::string_view part, std::string_view by) {
        const auto begin = static_cast<std::size_t>(part.data() - json.data());
        out += json.substr(copied, begin - copied);
        out += by;
        copied = begin + part.size();
    };
    for (std::size_t at = 0; at < json.size();) {
        std::string_view content;
        if (json[at] == '"') { // nothing in a string is an object
            JsonTokens over(json, at);
            if (!over.string(content))
                break;
            const std::string_view quoted = json.substr(at, over.at() - at);
            replace(quoted, string_without_seals(quoted));
            at = over.at();
            continue;
        }
        if (json[at] != '{') {
            ++at;
            continue;
        }
        JsonTokens object(json, at++);
        std::string_view name;
        std::string_view sealed;
        if (object.take('{') && object.string(name) && name == "subject" && object.take(':') &&
            object.string(content) && object.take(',') && object.string(name) && name == "sealed" &&
            object.take(':') && object.string(sealed) && object.take('}')) {
            replace(sealed, "...");
            at = object.at();
        }
    }
    return out += json.substr(copied);
}

/// The same of a text with JSON in it: `send shop corner {...}`.
inline std::string text_without_seals(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; (at = std::min(text.find('{'), text.size())) < text.size();) {
        out += text.substr(0, at);
        text.remove_prefix(at);
        JsonScanner scanner(text);
        std::string_view object;
        if (!scanner.raw_value(object))
            object = text.substr(0, 1);
        out += without_seals(object);
        text.remove_prefix(object.size());
    }
    return out += text;
}

} // namespace eventsourcing::detail::tool

#endif
