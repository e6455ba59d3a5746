return Weft.Fuzz.Commands.Run(args);
