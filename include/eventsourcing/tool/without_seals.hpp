// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_WITHOUT_SEALS_HPP
#define EVENTSOURCING_TOOL_WITHOUT_SEALS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

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

/// JSON in which the bytes of each sealed value are replaced by `...`: nothing is shown that a key
/// would have to open. `Personal` writes them as `{"subject":"person:42","sealed":"..."}`.
inline std::string without_seals(std::string_view json) {
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = 0; at < json.size();) {
        std::string_view content;
        if (json[at] == '"') { // nothing in a string is an object
            JsonTokens over(json, at);
            if (!over.string(content))
                break;
            at = over.at();
            continue;
        }
        JsonTokens object(json, at++);
        std::string_view name;
        std::string_view sealed;
        if (object.take('{') && object.string(name) && name == "subject" && object.take(':') &&
            object.string(content) && object.take(',') && object.string(name) && name == "sealed" &&
            object.take(':') && object.string(sealed) && object.take('}')) {
            out +=
                json.substr(copied, static_cast<std::size_t>(sealed.data() - json.data()) - copied);
            out += "...";
            copied = static_cast<std::size_t>(sealed.data() + sealed.size() - json.data());
            at = object.at();
        }
    }
    return out += json.substr(copied);
}

} // namespace eventsourcing::detail::tool

#endif
