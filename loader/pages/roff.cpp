// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// man(7).
#include "loader/pages/roff.h"

namespace xdpmirror::pages {

std::string roff(const std::string& text) {
    std::string out;
    bool line_begins = true;
    for (const char one : text) {
        if (line_begins && (one == '.' || one == '\'')) out += "\\&";
        line_begins = one == '\n';
        switch (one) {
            case '\\':
                out += "\\e";
                break;
            case '-':
                out += "\\-";
                break;
            case '`':
                out += "\\(ga";
                break;
            case '\'':
                out += "\\(aq";
                break;
            case '^':
                out += "\\(ha";
                break;
            case '~':
                out += "\\(ti";
                break;
            default:
                out += one;
        }
    }
    return out;
}

std::string roff_bold(const std::string& text) {
    return "\\fB" + roff(text) + "\\fR";
}

std::string roff_italic(const std::string& text) {
    return "\\fI" + roff(text) + "\\fR";
}

std::string roff_entry(const std::string& tag, const std::string& body) {
    return ".TP\n" + tag + "\n" + body + "\n";
}

}  // namespace xdpmirror::pages
